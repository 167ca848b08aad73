using System.Runtime.CompilerServices;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Runs;

namespace Thaw.Cli.Run;

/// <summary>Runs functions in this very process, by a daemon that lives as long as the run.</summary>
internal static class FunctionRunnerOfThisProcess
{
    public static async IAsyncEnumerable<RunOutput> RunAsync(
        RunOptions options, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken stop)
    {
        using var observer = new QueueingObserver();
        var run = RunIntoAsync(observer, Request(options, payload), stop);
        while (await observer.WaitToReadAsync())
        {
            while (observer.TryRead(out var output))
                yield return output;
        }

        await run;
    }

    private static async Task RunIntoAsync(QueueingObserver observer, RunRequest request, CancellationToken stop)
    {
        try
        {
            await new FunctionRun(request, observer, TimeProvider.System, Random.Shared).RunAsync(stop);
        }
        catch (UnusableFunctionException unusable)
        {
            observer.Impossible(unusable.Message);
        }
        finally
        {
            observer.Complete();
        }
    }

    private static RunRequest Request(RunOptions options, ReadOnlyMemory<byte> payload) => new()
    {
        Function = new FunctionRequest
        {
            Path = options.Path,
            Handler = options.Handler,
            Runtime = options.Runtime,
            Layers = options.Layers,
            Variables = options.Variables,
            TimeoutSeconds = (int?)options.Timeout?.TotalSeconds,
            MemoryMegabytes = options.MemoryMegabytes,
            Dialect = options.Dialect,
        },
        Event = payload,
        Sandboxes = options.Sandboxes,
        TakesSnapshot = options.SnapStart,
        InitializationType = options.SnapStart ? InitializationType.SnapStart : options.InitializationType,
        Repeat = options.Repeat,
        Programs = options.Programs,
        DataDirectory = options.DataDirectory,
    };
}
