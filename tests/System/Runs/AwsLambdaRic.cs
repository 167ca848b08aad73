using System.Diagnostics;

namespace Thaw.SystemTests.Runs;

/// <summary>Where AWS's client for Node lies, and the bootstrap that starts it.</summary>
internal static class AwsLambdaRic
{
    /// <summary>Why a test is skipped.</summary>
    public const string IsMissing =
        "npm's aws-lambda-ric is not in artifacts/npm: eng/prepare could not install it (see artifacts/npm.log)";

    private static readonly string Npm = Path.Combine(ThawProgram.Root, "artifacts/npm/node_modules");

    /// <summary>The native part is what its installation compiles.</summary>
    public static bool IsThere => File.Exists(Path.Combine(Npm, "aws-lambda-ric/rapid-client.node"));

    /// <summary>Starts what <see cref="CopyTo"/> has put beside it.</summary>
    public static string Bootstrap => $"""
        #!/bin/sh
        exec {ProgramOnPath.Of("node")} "$LAMBDA_TASK_ROOT/node_modules/aws-lambda-ric/index.mjs" "$_HANDLER"
        """;

    /// <summary>Gives the client to a function, among its own packages as with npm.</summary>
    public static void CopyTo(string function)
    {
        var packages = Directory.CreateDirectory(Path.Combine(function, "node_modules")).FullName;
        foreach (var package in new[] { "aws-lambda-ric", "@aws" })
        {
            using var copy = Process.Start("cp", ["-r", Path.Combine(Npm, package), packages]);
            copy.WaitForExit();
            Assert.Equal(0, copy.ExitCode);
        }
    }
}
