namespace Thaw.SystemTests.Runs;

/// <summary>Where AWS's client for Node lies, and the bootstrap that starts it.</summary>
internal static class AwsLambdaRic
{
    /// <summary>Why a test is skipped.</summary>
    public const string IsMissing =
        "npm's aws-lambda-ric is not in artifacts/npm: eng/prepare could not install it (see artifacts/npm.log)";

    private static readonly string Client = Path.Combine(ThawProgram.Root, "artifacts/npm/node_modules/aws-lambda-ric");

    /// <summary>The native part is what its installation compiles.</summary>
    public static bool IsThere => File.Exists(Path.Combine(Client, "rapid-client.node"));

    public static string Bootstrap => $"""
        #!/bin/sh
        exec {ProgramOnPath.Of("node")} {Client}/index.mjs "$_HANDLER"
        """;
}
