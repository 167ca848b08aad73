namespace Thaw.SystemTests.Runs;

/// <summary>Where AWS's client for Node lies, and the bootstrap that starts it.</summary>
internal static class AwsLambdaRic
{
    private static readonly string Client = Path.Combine(ThawProgram.Root, "artifacts/npm/node_modules/aws-lambda-ric");

    /// <summary>The native part is what its installation compiles.</summary>
    public static bool IsThere => File.Exists(Path.Combine(Client, "rapid-client.node"));

    public static string Bootstrap => $"""
        #!/bin/sh
        exec {Node()} {Client}/index.mjs "$_HANDLER"
        """;

    private static string Node() => Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Select(folder => Path.Combine(folder, "node")).First(File.Exists);
}
