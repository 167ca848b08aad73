using System.Diagnostics;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>Runs AWS's own clients, unmodified.</summary>
internal static class AwsCommand
{
    public const string Cli = "/usr/bin/aws", Python = "/usr/bin/python3";

    private static readonly string Npm = Path.Combine(ThawProgram.Root, "artifacts/npm/node_modules");

    public static void SkipWithoutCli() =>
        Assert.SkipUnless(File.Exists(Cli), "Debian's awscli is not installed (fix: eng/prepare as root)");

    public static void SkipWithoutBoto3() => Assert.SkipUnless(
        Directory.Exists("/usr/lib/python3/dist-packages/boto3"), "Debian's python3-boto3 is not installed (fix: eng/prepare as root)");

    public static void SkipWithoutNpm(string package) => Assert.SkipUnless(
        Directory.Exists(Path.Combine(Npm, package)),
        $"npm's {package} is not in artifacts/npm: eng/prepare could not install it (see artifacts/npm.log)");

    /// <summary>Scripts in this folder find the packages.</summary>
    public static void LinkNpm(string folder)
    {
        if (Directory.Exists(Npm))
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Npm);
    }

    public static async Task<(int Status, string Output, string Error)> RunAsync(params string[] command)
    {
        using var process = Start(command);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RunningDaemon.Patience);
        return (process.ExitCode, await output, await error);
    }

    public static Process Start(params string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["AWS_ACCESS_KEY_ID"] = "anything",
            ["AWS_SECRET_ACCESS_KEY"] = "anything",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_MAX_ATTEMPTS"] = "1",
            ["AWS_CONFIG_FILE"] = "/nowhere",
            ["AWS_PAGER"] = "",
            ["PYTHONUNBUFFERED"] = "1",
            ["LC_ALL"] = "C.UTF-8",
        },
    })!;
}
