using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Protocols;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>An invocation that a generation works at: how far its answer has come.</summary>
/// <remarks>Classic Lambda has one per environment; Managed Instances will have several, each with a state of its own.</remarks>
internal sealed class RunningInvocation(Invocation invocation, Deadline deadline, Generation generation, InvokeTimes times)
{
    private bool badResponseMode;

    public Invocation Invocation => invocation;

    public Generation Generation => generation;

    /// <summary>What the runtime gets, and gets again if it asks again.</summary>
    public InvokeEvent Event { get; } = new(invocation, deadline.At);

    public RuntimeState State { get; private set; } = RuntimeState.Running;

    /// <summary>The head of an answer has arrived, and its end has not.</summary>
    public bool IsBeingPosted =>
        State is (RuntimeState.InvocationResponse or RuntimeState.InvocationErrorResponse) && !badResponseMode && !Answered.IsGiven;

    /// <summary>The runtime's answer has been read to its end, or another was given in its place.</summary>
    public Signal Answered { get; } = new();

    /// <summary>The type of the error that the runtime answered with, or of what was wrong with its answer.</summary>
    public ErrorType? FunctionError { get; private set; }

    /// <summary>The head of a response or an error has arrived.</summary>
    public Refusal? Begin(RuntimeMove move)
    {
        if (RuntimeProtocol.After(State, move) is not { } after)
            return Refusal.RuntimeTransition(State, RuntimeProtocol.Target(move));
        State = after;
        times.FirstByte();
        return null;
    }

    /// <summary>The response mode is a word we do not know. The state stays, and the next call of Next ends the invoke; spec 2.4.</summary>
    public void RefuseResponseMode() => badResponseMode = true;

    /// <summary>The answer has been read to its end; what was posted is the caller's now, unless the time was up first.</summary>
    public Refusal? End(long producedBytes, ErrorType? functionError)
    {
        if (Answered.IsGiven || generation.IsStopping)
            return Refusal.InvalidRequestId;
        State = RuntimeProtocol.After(State, RuntimeMove.Sent)!.Value;
        FunctionError = functionError;
        times.LastByte(producedBytes);
        generation.Runtime.Responded();
        Answered.Give();
        return null;
    }

    /// <summary>Answers in the runtime's place, unless it has answered.</summary>
    public void FailWith(EnvironmentLifecycle lifecycle, PhaseOutcome outcome)
    {
        if (Answered.IsGiven)
            return;
        Answered.Give();
        invocation.Response.Fail(lifecycle.ErrorFor(outcome, invocation.RequestId));
    }

    public void OnNextRefused()
    {
        if (badResponseMode)
            generation.Fail(ErrorType.RuntimeInvalidResponseModeHeader, "Invalid function response mode");
    }
}
