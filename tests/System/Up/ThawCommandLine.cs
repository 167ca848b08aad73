using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>The commands that call a running daemon, each as a process of its own.</summary>
internal static class ThawCommandLine
{
    /// <param name="daemon">Whom they call.</param>
    public static Task<(int Status, string Output, string Error)> RunAsync(RunningDaemon daemon, params string[] arguments) =>
        RunAsync($"{daemon.Address}", [], arguments);

    /// <param name="variables">More of them, as <c>NAME=VALUE</c>.</param>
    public static Task<(int Status, string Output, string Error)> RunAsync(
        string endpoint, string[] variables, params string[] arguments) =>
        AwsCommand.RunAsync(["env", $"THAW_ENDPOINT={endpoint}", .. variables, ThawProgram.Path, .. arguments]);
}
