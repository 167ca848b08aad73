using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Protocols;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Participants;

/// <summary>The process started from <c>bootstrap</c>: it asks for events and posts answers; spec 2.</summary>
internal sealed class RuntimeProcess(Generation generation, SerialScheduler scheduler) : Participant(ParticipantNames.Runtime, generation)
{
    private readonly Mailbox<InvokeEvent> events = new(scheduler);
    private readonly Mailbox<RestoreEvent> restores = new(scheduler);

    // Classic Lambda runs one invocation at a time; the list is for several, and never long.
    private readonly List<RunningInvocation> running = [];
    private RuntimeState state = RuntimeState.Started;

    /// <summary>Parked in restore/next: a snapshot may be taken, and Restore has something to wait for.</summary>
    public bool AwaitsRestore => state == RuntimeState.RestoreReady;

    public override bool IsParked => Current is null && (events.HasPoll || restores.HasPoll);

    /// <summary>Given when the answer that is just being posted has been read to its end; null when none is.</summary>
    public Signal? Posting => Current is { IsBeingPosted: true } current ? current.Answered : null;

    private RuntimeState State => Current?.State ?? state;

    private RunningInvocation? Current => running is [var first, ..] ? first : null;

    public async Task StartAsync(IParticipantProcesses processes) => Adopt(await processes.StartRuntimeAsync());

    public void Send(RunningInvocation invocation)
    {
        Ready.TakeBack();
        running.Add(invocation);
        Step(ParticipantStep.Woken);
        events.Send(invocation.Event);
    }

    public void Restore()
    {
        Ready.TakeBack();
        state = RuntimeProtocol.After(state, RuntimeMove.Restored)!.Value;
        Step(ParticipantStep.Woken);
        restores.Send(new RestoreEvent());
    }

    /// <summary>
    /// Whatever the runtime still posts for this invocation is refused from here on (spec: ENV-135), and its event is no more to be had.
    /// </summary>
    public void Forget(RunningInvocation invocation)
    {
        if (running.Remove(invocation))
            events.Withdraw();
    }

    public Task<Answer<InvokeEvent>> NextAsync(CancellationToken hungUp)
    {
        var current = Current;
        if (RuntimeProtocol.After(State, RuntimeMove.Next) is not { } after)
        {
            current?.OnNextRefused();
            return Task.FromResult<Answer<InvokeEvent>>(Refusal.RuntimeTransition(State, RuntimeProtocol.Target(RuntimeMove.Next)));
        }

        if (after == RuntimeState.Running)
        {
            events.Withdraw();
            return Task.FromResult<Answer<InvokeEvent>>(current!.Event); // spec: ENV-052
        }

        if (current is not null)
            Forget(current);
        state = after;
        BecomeReady();
        return events.TakeAsync(hungUp);
    }

    public Task<Answer<RestoreEvent>> RestoreNextAsync(CancellationToken hungUp)
    {
        if (Move(RuntimeMove.RestoreNext) is { } refusal)
            return Task.FromResult<Answer<RestoreEvent>>(refusal);
        BecomeReady();
        return restores.TakeAsync(hungUp);
    }

    public Answer<Accepted> PostInitError(InvocationError error)
    {
        var restoring = state == RuntimeState.Restoring; // Old clients post a failed after-restore hook here; spec 7.2.
        if (Move(RuntimeMove.InitError) is { } refusal)
            return refusal;
        FailBy(error, isInitError: !restoring);
        return Accepted.Ok;
    }

    public Answer<Accepted> PostRestoreError(InvocationError error)
    {
        if (Move(RuntimeMove.RestoreError) is { } refusal)
            return refusal;
        FailBy(error, isInitError: false);
        return Accepted.Ok;
    }

    /// <summary>The running invocation that a response or an error is for. The id is checked before the state; spec 2.4.</summary>
    public Answer<RunningInvocation> Find(RequestId id, InvocationId? echo)
    {
        if (RunningOf(id) is not { } invocation)
            return Refusal.InvalidRequestId;
        if (echo is { } attempt && attempt != invocation.Invocation.InvocationId)
            return Refusal.InvokeTimeout; // spec: ENV-073
        return invocation;
    }

    public void Responded() => Step(ParticipantStep.Responded);

    protected override void OnRefused(ProcessStarted.Refused refused)
    {
        if (refused.ImageFault is { } text)
            Generation.Emit(new ImageFault(text));
    }

    protected override void OnStopped(ProcessExit exit)
    {
    }

    protected override void OnCrash(ProcessExit exit) => Generation.Fail(
        ErrorType.RuntimeExitError,
        exit is { Status: 0, Signal: 0 } ? "Runtime exited without providing a reason" : $"Runtime exited with error: {exit}",
        exit.OutOfMemory ? ErrorType.RuntimeOutOfMemory : null);

    private RunningInvocation? RunningOf(RequestId id)
    {
        foreach (var invocation in running)
        {
            if (invocation.Invocation.RequestId == id)
                return invocation;
        }

        return null;
    }

    private void FailBy(InvocationError error, bool isInitError)
    {
        Step(ParticipantStep.Responded, error.ErrorType.Name);
        if (isInitError)
            Generation.PostedInitError = error;
        Generation.Fail(error.ErrorType, isInitError ? "Runtime reported an init error" : "Runtime reported a restore error");
    }

    private Refusal? Move(RuntimeMove move)
    {
        if (Current is null && RuntimeProtocol.After(state, move) is { } after)
        {
            state = after;
            return null;
        }

        return Refusal.RuntimeTransition(State, RuntimeProtocol.Target(move));
    }

    private void BecomeReady()
    {
        if (Ready.IsGiven)
            return;
        Step(ParticipantStep.Ready);
        Ready.Give();
    }
}
