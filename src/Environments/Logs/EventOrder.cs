using Thaw.Contracts;

namespace Thaw.Environments.Logs;

/// <summary>
/// Puts what the processes wrote where it belongs among the lifecycle's events: output and API calls reach us by different ways, so a
/// handler's last line may arrive after its response. An event that closes something waits here until the output before it has arrived.
///
///   pipes:     line, line ... line ------------------------> logs, telemetry, timeline
///   lifecycle: event, event, runtimeDone, event, event ----> runtimeDone, and what follows it, stay back until the pipes are flushed
///
/// When nothing has been written, as mostly, the flush is over at once and nothing waits.
/// </summary>
/// <param name="next">Takes events from several threads. It may hold up whoever brings output, but not the lifecycle.</param>
/// <param name="flushOutput">Completes when what had been written before has come here. Never fails.</param>
internal sealed class EventOrder(ILifecycleEvents next, Func<Task> flushOutput) : ILifecycleEvents
{
    private readonly Lock gate = new();
    private readonly Queue<LifecycleEvent> waiting = [];
    private TaskCompletionSource? settled;

    public bool WantsSteps => next.WantsSteps;

    public void Emit(LifecycleEvent happened)
    {
        if (happened is OutputLines or LogFrame)
            next.Emit(happened);
        else
            EmitBehindOutput(happened);
    }

    public ValueTask RoomAsync() => next.RoomAsync();

    /// <summary>
    /// Completes when all that was emitted before has been passed on. An environment waits for it between two invocations, so that
    /// what the first one wrote is not taken for the second one's.
    /// </summary>
    public Task SettledAsync()
    {
        lock (gate)
            return settled?.Task ?? Task.CompletedTask;
    }

    private void EmitBehindOutput(LifecycleEvent happened)
    {
        lock (gate)
        {
            if (settled is not null)
            {
                waiting.Enqueue(happened);
            }
            else if (FlushBefore(happened) is { IsCompleted: false } flushing)
            {
                waiting.Enqueue(happened);
                settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ = PassOnBehindAsync(flushing);
            }
            else
            {
                next.Emit(happened);
            }
        }
    }

    private async Task PassOnBehindAsync(Task flushing)
    {
        TaskCompletionSource? passed = null;
        while (passed is null)
        {
            // Not on the scheduler of the lifecycle, which goes on meanwhile.
            await flushing.ConfigureAwait(false);
            lock (gate)
            {
                do
                    next.Emit(waiting.Dequeue());
                while (waiting.TryPeek(out var following) && (flushing = FlushBefore(following)).IsCompleted);
                if (waiting.Count == 0)
                    (passed, settled) = (settled, null);
            }
        }

        passed.SetResult();
    }

    // The runtime has had its last word before the first of these; extensions may write until they are ready too, and their time is the
    // only span of a report.
    private Task FlushBefore(LifecycleEvent happened) =>
        happened is InvokeFault or RuntimeDone or InitReport or InvokeReport { Spans.Count: > 0 } ? flushOutput() : Task.CompletedTask;
}
