using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Thaw.Contracts;

namespace Thaw.Environments.Logs;

/// <summary>
/// Puts what the processes wrote where it belongs among the lifecycle's events: output and API calls reach us by different ways, so a
/// handler's last line may arrive after its response. An event that closes something waits here until the output before it has arrived.
///
///   lifecycle: event, event, runtimeDone --+
///                                          +--> in order --> logs, telemetry, timeline
///   pipes:     line, line ... line --------+     runtimeDone stays back until the pipes are flushed
/// </summary>
internal sealed class EventOrder : ILifecycleEvents
{
    /// <summary>What may be waiting here; when it is full, the processes' output waits in its pipes.</summary>
    private const int Bound = 10_000, BoundBytes = 8 * 1024 * 1024;

    private readonly Channel<LifecycleEvent> arriving = Channel.CreateUnbounded<LifecycleEvent>();
    private readonly ILifecycleEvents next;
    private readonly Func<Task> flushOutput;
    private readonly Task passing;
    private long waitingBytes;

    public EventOrder(ILifecycleEvents next, Func<Task> flushOutput)
    {
        (this.next, this.flushOutput) = (next, flushOutput);
        passing = PassOnAsync();
    }

    public void Emit(LifecycleEvent happened)
    {
        // The lifecycle's own events are few and never wait; floods are made of output.
        if (happened is OutputLine line)
        {
            SpinWait.SpinUntil(() => arriving.Reader.Count < Bound && Interlocked.Read(ref waitingBytes) < BoundBytes);
            Interlocked.Add(ref waitingBytes, line.Text.Length);
        }

        arriving.Writer.TryWrite(happened);
    }

    /// <summary>
    /// Completes when all that was emitted before has been passed on. An environment waits for it between two invocations, so that
    /// what the first one wrote is not taken for the second one's.
    /// </summary>
    public Task SettledAsync()
    {
        var mark = new Mark(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!arriving.Writer.TryWrite(mark))
            mark.Passed.SetResult();
        return mark.Passed.Task;
    }

    /// <summary>Nothing comes any more; completes when everything has been passed on.</summary>
    public Task EndAsync()
    {
        arriving.Writer.TryComplete();
        return passing;
    }

    private async Task PassOnAsync()
    {
        while (await arriving.Reader.WaitToReadAsync())
        {
            while (TryRead(out var happened))
            {
                if (happened is RuntimeDone)
                    await PassOnBehindOutputAsync(happened);
                else
                    PassOn(happened);
            }
        }
    }

    // Reads on while it waits: a flood of output must not keep the answer of the flush from coming.
    private async Task PassOnBehindOutputAsync(LifecycleEvent closing)
    {
        List<LifecycleEvent> behind = [closing];
        var flushed = flushOutput();
        bool isFlushed;
        do
        {
            await Task.WhenAny(flushed, arriving.Reader.WaitToReadAsync().AsTask());
            isFlushed = flushed.IsCompleted; // What came before it is here by now.
            for (var arrived = arriving.Reader.Count; arrived > 0 && TryRead(out var happened); arrived--)
            {
                if (happened is OutputLine)
                    next.Emit(happened);
                else
                    behind.Add(happened);
            }
        }
        while (!isFlushed);

        behind.ForEach(PassOn);
    }

    private void PassOn(LifecycleEvent happened)
    {
        if (happened is Mark mark)
            mark.Passed.SetResult();
        else
            next.Emit(happened);
    }

    private bool TryRead([NotNullWhen(true)] out LifecycleEvent? happened)
    {
        if (!arriving.Reader.TryRead(out happened))
            return false;
        if (happened is OutputLine line)
            Interlocked.Add(ref waitingBytes, -line.Text.Length);
        return true;
    }

    /// <summary>Nothing that happened: a place in the order.</summary>
    private sealed record Mark(TaskCompletionSource Passed) : LifecycleEvent;
}
