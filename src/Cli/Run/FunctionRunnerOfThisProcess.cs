using System.Runtime.CompilerServices;
using System.Threading.Channels;
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
        if (options.Isolation == IsolationChoice.Namespaces)
        {
            yield return new RunOutput.Impossible(
                "this version isolates by processes only; leave --isolation away, or say --isolation process");
            yield break;
        }

        var observer = new QueueingObserver();
        var run = RunIntoAsync(observer, Request(options, payload), stop);
        while (await observer.Outputs.WaitToReadAsync(CancellationToken.None))
        {
            while (observer.Outputs.TryRead(out var output))
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
            observer.Write(new RunOutput.Impossible(unusable.Message));
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
        },
        Event = payload,
        InitializationType = options.SnapStart ? InitializationType.SnapStart : options.InitializationType,
        Repeat = options.Repeat,
        Programs = options.Programs,
        DataDirectory = options.DataDirectory,
    };

    /// <summary>Keeps what happens until it is shown. When the showing is slow, the function's output waits for it.</summary>
    private sealed class QueueingObserver : IRunObserver
    {
        /// <summary>Few, because a line of the log may have a quarter of a million characters.</summary>
        private const int Bound = 100;

        private readonly Channel<RunOutput> queue = Channel.CreateBounded<RunOutput>(Bound);

        public ChannelReader<RunOutput> Outputs => queue.Reader;

        public void Happened(LifecycleEvent happened) => Write(new RunOutput.Happened(happened));

        public void Logged(DateTimeOffset time, string source, string text) => Write(new RunOutput.LogLine(time, source, text));

        public void Answered(RequestId requestId, ReadOnlyMemory<byte> body, string? functionError) =>
            Write(new RunOutput.Answer(TimeProvider.System.GetUtcNow(), requestId, body, functionError));

        public void Notice(string text) => Write(new RunOutput.Notice(text));

        public void Complete() => queue.Writer.Complete();

        public void Write(RunOutput output)
        {
            if (!queue.Writer.TryWrite(output))
                queue.Writer.WriteAsync(output).AsTask().Wait();
        }
    }
}
