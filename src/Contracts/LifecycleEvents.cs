namespace Thaw.Contracts;

/// <summary>Something that happened in an environment. Phases emit these as values; logs, telemetry and the timeline are made of
/// them.</summary>
public abstract record LifecycleEvent
{
    /// <summary>When. Whoever emits an event stamps it, once, before anybody else sees it.</summary>
    public DateTimeOffset Time { get; set; }
}

/// <summary>Where the lifecycle's events go. Called on the lifecycle's own scheduler: must return at once and never throw.</summary>
public interface ILifecycleEvents
{
    void Emit(LifecycleEvent happened);

    /// <summary>Whether anybody here looks at <see cref="ParticipantStepped"/>; always the same.</summary>
    bool WantsSteps => true;

    /// <summary>Completes when more output may come. Whoever brings output waits for it, and never a lifecycle.</summary>
    ValueTask RoomAsync() => ValueTask.CompletedTask;
}

public enum Phase
{
    Init,
    Restore,
    Invoke,
    Shutdown,
}

/// <summary>How a phase ended, in telemetry's words: success, error (the customer's), failure (the platform's), timeout.</summary>
public enum PhaseStatus
{
    Success,
    Error,
    Failure,
    Timeout,
}

/// <summary>A named part of a phase's time: <c>responseLatency</c>, <c>responseDuration</c>, <c>runtimeOverhead</c>,
/// <c>extensionOverhead</c>.</summary>
public sealed record Span(string Name, DateTimeOffset Start, TimeSpan Duration);

// --- what the platform tells extensions and logs; spec 4.4 ---------------------------------------------------------------------

/// <summary>An event that telemetry subscribers and logs see; the record of type <c>platform.*</c>.</summary>
public abstract record PlatformEvent : LifecycleEvent;

/// <summary><c>platform.initStart</c>. <paramref name="Phase"/> is Invoke for a suppressed init; spec: ENV-105.</summary>
public sealed record InitStart(InitializationType InitializationType, Phase Phase) : PlatformEvent;

public sealed record InitRuntimeDone(InitializationType InitializationType, Phase Phase, PhaseStatus Status, ErrorType? ErrorType)
    : PlatformEvent;

public sealed record InitReport(
    InitializationType InitializationType, Phase Phase, PhaseStatus Status, ErrorType? ErrorType, TimeSpan Duration)
    : PlatformEvent;

/// <summary><c>platform.extension</c>: where one extension stood when Init ended.</summary>
public sealed record ExtensionReport(string Name, string State, IReadOnlyList<string> Events, ErrorType? ErrorType) : PlatformEvent;

public sealed record RestoreStart : PlatformEvent;

public sealed record RestoreRuntimeDone(PhaseStatus Status, ErrorType? ErrorType) : PlatformEvent;

public sealed record RestoreReport(PhaseStatus Status, ErrorType? ErrorType, TimeSpan Duration) : PlatformEvent
{
    /// <summary>Loading the runtime and its hooks, which is what Restore costs; spec 1.10.</summary>
    public TimeSpan BilledDuration { get; init; }
}

/// <summary><c>platform.start</c>.</summary>
public sealed record InvokeStart(RequestId RequestId, string Version, InvocationOrigin Origin) : PlatformEvent;

/// <summary><c>platform.runtimeDone</c>. <paramref name="Duration"/> is null when no event reached the runtime.</summary>
public sealed record RuntimeDone(
    RequestId RequestId, PhaseStatus Status, ErrorType? ErrorType, TimeSpan? Duration, long? ProducedBytes, IReadOnlyList<Span> Spans)
    : PlatformEvent
{
    public InvocationOrigin Origin { get; init; } = InvocationOrigin.None;

    /// <summary>What the function itself answered was an error of this type; the invocation is a success all the same.</summary>
    public ErrorType? FunctionError { get; init; }
}

/// <summary><c>platform.report</c>.</summary>
public sealed record InvokeReport(
    RequestId RequestId, PhaseStatus Status, ErrorType? ErrorType, InvokeMetrics Metrics, IReadOnlyList<Span> Spans)
    : PlatformEvent
{
    public InvocationOrigin Origin { get; init; } = InvocationOrigin.None;
}

/// <summary>
/// <c>platform.fault</c>, in the Logs API and in dialects that have lines for it: an invocation fails, now, before anything is shut down.
/// </summary>
/// <param name="ErrorType">Null for a timeout.</param>
/// <param name="Timeout">Null unless that is what it was: the function's.</param>
public sealed record InvokeFault(RequestId RequestId, string Reason, ErrorType? ErrorType, TimeSpan? Timeout) : PlatformEvent;

/// <summary>The first process of a container image cannot be started. A line in the log alone; spec 5.1.</summary>
/// <param name="Text">With tabs between its parts, as AWS has it.</param>
public sealed record ImageFault(string Text) : PlatformEvent;

/// <summary><c>platform.telemetrySubscription</c> and <c>platform.logsSubscription</c>: an extension has subscribed.</summary>
public sealed record TelemetrySubscribed(string Name, TelemetrySubscription Subscription) : PlatformEvent;

/// <summary><c>platform.logsDropped</c>: a subscriber was too slow.</summary>
/// <param name="Subscriber">The extension.</param>
public sealed record LogsDropped(string Subscriber, long Records, long Bytes, string Reason) : PlatformEvent;

/// <summary>The figures of REPORT. Only the first invoke after Init has an init duration, only the first after Restore a restore
/// duration.</summary>
public sealed record InvokeMetrics(
    TimeSpan Duration, int MemoryMegabytes, int MaxMemoryUsedMegabytes, TimeSpan? InitDuration, TimeSpan? RestoreDuration)
{
    /// <summary>What is billed of <see cref="RestoreDuration"/>: all, unless somebody knows better.</summary>
    public TimeSpan? BilledRestoreDuration { get; init; } = RestoreDuration;

    /// <summary>Whole milliseconds, rounded up, with the first invoke's init or restore if the dialect has it so; spec: ENV-045.</summary>
    public long BilledMilliseconds(Dialect dialect)
    {
        var preparation = dialect.BillsInit ? InitDuration ?? BilledRestoreDuration ?? TimeSpan.Zero : TimeSpan.Zero;
        return (long)Math.Ceiling((Duration + preparation).TotalMilliseconds);
    }
}

// --- what only we show: the timeline and the list of environments --------------------------------------------------------------

/// <summary>
/// A phase has begun. <paramref name="Suppressed"/> marks an Init inside an Invoke. An Invoke has both ids: callers may choose the same
/// request id, but no two invocations have one <paramref name="InvocationId"/>.
/// </summary>
public sealed record PhaseStarted(Phase Phase, bool Suppressed, RequestId? RequestId, InvocationId? InvocationId = null) : LifecycleEvent
{
    /// <summary>When the caller's request of an Invoke arrived; null when it had none.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }
}

public sealed record PhaseEnded(Phase Phase, PhaseStatus Status, ErrorType? ErrorType) : LifecycleEvent;

/// <summary>Nobody inside gets processor time until the next phase begins; spec: ENV-013.</summary>
public sealed record EnvironmentFrozen : LifecycleEvent;

/// <summary>Nothing of the environment is left. No event follows.</summary>
public sealed record EnvironmentEnded : LifecycleEvent;

/// <summary>The names under which runtime and extensions appear in events.</summary>
public static class ParticipantNames
{
    public const string Runtime = "runtime";
}

public enum ParticipantStep
{
    Started,
    Registered,
    /// <summary>Asked for the next event: it has nothing to do.</summary>
    Ready,
    /// <summary>Received an event.</summary>
    Woken,
    /// <summary>Posted its answer (the runtime only).</summary>
    Responded,
    Gone,
}

/// <summary>A runtime or an extension took a step. <paramref name="Failure"/> tells what is wrong with it, if anything is.</summary>
public sealed record ParticipantStepped(string Participant, ParticipantStep Step, string? Failure = null) : LifecycleEvent;
