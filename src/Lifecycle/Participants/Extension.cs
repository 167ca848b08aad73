using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Protocols;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Participants;

/// <summary>
/// An extension: external, a process of its own started from a file in /opt/extensions; or internal, code inside the runtime's
/// process that registered itself. Spec 3.
/// </summary>
internal sealed class Extension(string name, bool isExternal, Guid identifier, Generation generation, SerialScheduler scheduler)
    : Participant(name, generation)
{
    private readonly Mailbox<ExtensionEvent> events = new(scheduler);
    private IReadOnlyList<ExtensionEventType> subscribed = [];
    private ErrorType? errorType;

    public bool IsExternal => isExternal;

    public Guid Identifier => identifier;

    public ExtensionState State { get; private set; } = ExtensionState.Started;

    public Signal Registered { get; } = new();

    public bool WantsInvoke => subscribed.Contains(ExtensionEventType.Invoke);

    public bool WantsShutdown => subscribed.Contains(ExtensionEventType.Shutdown);

    public override bool IsParked => State == ExtensionState.Ready && events.HasPoll;

    /// <summary>It is as it was before it asked for its first event.</summary>
    public void Resume(ParkedExtension parked, IParticipantProcess? restored)
    {
        if (IsExternal)
            Resume(restored);
        (State, subscribed) = (ExtensionState.Registered, parked.Events);
        Registered.Give();
    }

    public ParkedExtension Park(TelemetrySubscription? subscription) => new(Name, IsExternal, Identifier, subscribed, subscription);

    public async Task StartAsync(IParticipantProcesses processes) => Adopt(await processes.StartExtensionAsync(Name));

    /// <summary>Marks a file that is not even tried, such as the eleventh.</summary>
    public void RefuseLaunch(string reason) => Adopt(new ProcessStarted.Refused(ErrorType.ExtensionLaunchError, reason));

    public Answer<Accepted> Register(IReadOnlyList<ExtensionEventType> wanted)
    {
        if (Move(ExtensionMove.Register, who: Name) is { } refusal)
            return refusal;
        subscribed = wanted;
        Step(ParticipantStep.Registered);
        Registered.Give();
        return Accepted.Ok;
    }

    public void Send(ExtensionEvent sent)
    {
        Ready.TakeBack();
        State = ExtensionProtocol.After(State, ExtensionMove.Dispatched) ?? State;
        Step(ParticipantStep.Woken);
        events.Send(sent);
    }

    public Task<Answer<ExtensionEvent>> NextAsync(CancellationToken hungUp)
    {
        // The poll that this event was for hung up before it came: who asks now has not begun with it, let alone ended.
        if (State == ExtensionState.Running && events.HasEvent)
            return events.TakeAsync(hungUp);

        // A poll that replaces one whose client hung up is no second poll.
        var replaces = State == ExtensionState.Ready && !events.HasPoll;
        if (!replaces && Move(ExtensionMove.Next, who: Identifier.ToString()) is { } refusal)
            return Task.FromResult<Answer<ExtensionEvent>>(refusal);
        if (!Ready.IsGiven)
        {
            Step(ParticipantStep.Ready);
            Ready.Give();
        }

        return events.TakeAsync(hungUp);
    }

    /// <summary>The call stops nothing by itself: the extension is expected to exit, and its exit then has this type; spec 3.4.</summary>
    public Answer<Accepted> PostError(ExtensionMove move, ErrorType posted)
    {
        if (Move(move, who: Identifier.ToString()) is { } refusal)
            return refusal;
        errorType ??= posted;
        Step(ParticipantStep.Responded, posted.Name);
        Generation.RecordFatal(move == ExtensionMove.InitError ? ErrorType.ExtensionInitError : ErrorType.ExtensionExitError);
        return Accepted.Ok;
    }

    public ExtensionReport Report() => new(
        Name,
        State.ToString(),
        [.. subscribed.Select(type => type.ToWireName()).Order(StringComparer.Ordinal)],
        errorType);

    protected override void OnRefused(ProcessStarted.Refused refused)
    {
        State = ExtensionState.LaunchError;
        errorType = refused.ErrorType;
    }

    // An exit is a crash even with status 0; an earlier init/error or exit/error has already given the type; spec: ENV-018.
    protected override void OnCrash(ProcessExit exit)
    {
        errorType ??= ErrorType.ExtensionCrash;
        Generation.Fail(ErrorType.ExtensionCrash, exit is { Status: 0, Signal: 0 } ? "exit code 0" : exit.ToString());
    }

    protected override void OnStopped(ProcessExit exit) =>
        State = exit is { Status: 0, Signal: 0 } ? ExtensionState.Exited : ExtensionState.ShutdownFailed;

    private Refusal? Move(ExtensionMove move, string who)
    {
        if (ExtensionProtocol.After(State, move) is not { } after)
            return Refusal.ExtensionTransition(State, ExtensionProtocol.Target(move), who);
        State = after;
        return null;
    }
}
