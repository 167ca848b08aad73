using System.Runtime.CompilerServices;

namespace Thaw.Cli.Run;

/// <summary>Runs functions in this very process, by a daemon that lives as long as the run.</summary>
internal static class FunctionRunnerOfThisProcess
{
    public static async IAsyncEnumerable<RunOutput> RunAsync(
        RunOptions options, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken stop)
    {
        await Task.CompletedTask;
        yield return new RunOutput.Impossible("nothing runs functions yet; the daemon is not connected to the command line");
    }
}
