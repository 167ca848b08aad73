using Thaw.Contracts;

namespace Thaw.Daemon.Records;

/// <summary>
/// Shares out the events of one environment.
///
///   phases -----------------> its record
///   of one invocation ------> the caller's tail of the log, if it wants one
///   output and failures ----> whoever watches the daemon
/// </summary>
internal sealed class EnvironmentEvents(EnvironmentRecord record, EnvironmentRecords records, LogTails tails, FunctionLog log)
    : ILifecycleEvents
{
    // Output comes on threads of its own, so this is read once in each call.
    private volatile LogTail? tail;

    public void Emit(LifecycleEvent happened)
    {
        if (happened is PhaseStarted { Phase: Phase.Invoke, InvocationId: { } invocation })
            tail = tails.Of(invocation);
        tail?.Emit(happened);
        if (happened is InvokeReport)
            tail = null;

        record.Note(happened);
        log.Write(record.Plan.Function.Name, happened);
        if (happened is EnvironmentEnded)
            records.Close(record);
    }
}
