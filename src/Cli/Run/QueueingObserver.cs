using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Thaw.Contracts;
using Thaw.Daemon.Runs;

namespace Thaw.Cli.Run;

/// <summary>
/// Keeps what happens until it is shown. When the showing is slow, the processes' output waits for it; what the lifecycle tells is little,
/// and never waits.
/// </summary>
internal sealed class QueueingObserver : IRunObserver, IDisposable
{
    /// <summary>Few, because a line of the log may have a quarter of a million characters.</summary>
    private const int BoundLines = 100;

    private const string Platform = "platform";

    private readonly Channel<RunOutput> queue = Channel.CreateUnbounded<RunOutput>();
    private readonly SemaphoreSlim room = new(BoundLines);

    public ValueTask<bool> WaitToReadAsync() => queue.Reader.WaitToReadAsync();

    public bool TryRead([NotNullWhen(true)] out RunOutput? output)
    {
        if (!queue.Reader.TryRead(out output))
            return false;
        if (output is RunOutput.LogLine { Source: not Platform })
            room.Release();
        return true;
    }

    public void Begun(FunctionConfiguration function) => Write(new RunOutput.Begun(function));

    public void Begins(string environment) => Write(new RunOutput.Begins(environment));

    public void Happened(LifecycleEvent happened) => Write(new RunOutput.Happened(happened));

    public void Logged(DateTimeOffset time, string text) => Write(new RunOutput.LogLine(time, Platform, text));

    public void Printed(DateTimeOffset time, string source, string text)
    {
        room.Wait();
        Write(new RunOutput.LogLine(time, source, text));
    }

    public void Answered(RequestId requestId, ReadOnlyMemory<byte> body, string? functionError) =>
        Write(new RunOutput.Answer(TimeProvider.System.GetUtcNow(), requestId, body, functionError));

    public void Notice(string text) => Write(new RunOutput.Notice(text));

    /// <summary>The run cannot be.</summary>
    public void Impossible(string why) => Write(new RunOutput.Impossible(why));

    public void Complete() => queue.Writer.Complete();

    public void Dispose() => room.Dispose();

    private void Write(RunOutput output) => queue.Writer.TryWrite(output);
}
