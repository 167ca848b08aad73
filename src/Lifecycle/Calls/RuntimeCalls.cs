using Thaw.Contracts;
using Thaw.Lifecycle.Protocols;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Calls;

/// <summary>What a runtime may ask; spec 2.</summary>
public sealed class RuntimeCalls
{
    private readonly Generation generation;
    private readonly SerialScheduler scheduler;

    internal RuntimeCalls(Generation generation, SerialScheduler scheduler) => (this.generation, this.scheduler) = (generation, scheduler);

    /// <summary>Waits for the next event, without limit.</summary>
    /// <param name="hungUp">Fires when the client is gone; the call is then cancelled.</param>
    public Task<Answer<InvokeEvent>> NextAsync(CancellationToken hungUp)
    {
        var asked = AskNextAsync(hungUp);
        return asked is { IsCompletedSuccessfully: true, Result: var next } && !IsRefused(next)
            ? next
            : NextBehindAnswerAsync(asked.AsTask(), hungUp);
    }

    /// <summary>Waits for the restore; SnapStart only, the API answers 404 otherwise.</summary>
    public Task<Answer<RestoreEvent>> RestoreNextAsync(CancellationToken hungUp) =>
        scheduler.ParkAsync(() => generation.Runtime.RestoreNextAsync(hungUp));

    /// <summary>The head of a response has arrived: who is it for, and may it come? Its body is read only if so.</summary>
    /// <param name="id">The request id in the path.</param>
    /// <param name="echo">The invocation id, if the client echoes it.</param>
    /// <param name="modeIsKnown">False when the response-mode header is neither absent nor <c>streaming</c>.</param>
    public ValueTask<Answer<PostedAnswer>> BeginResponseAsync(RequestId id, InvocationId? echo, bool modeIsKnown) =>
        BeginAsync(id, echo, RuntimeMove.Response, modeIsKnown);

    /// <summary>As <see cref="BeginResponseAsync"/>, for a handler's error.</summary>
    public ValueTask<Answer<PostedAnswer>> BeginErrorAsync(RequestId id, InvocationId? echo) =>
        BeginAsync(id, echo, RuntimeMove.Error, modeIsKnown: true);

    public Task<Answer<Accepted>> InitErrorAsync(InvocationError error) =>
        scheduler.EnterAsync(() => generation.Runtime.PostInitError(error)).AsTask();

    public Task<Answer<Accepted>> RestoreErrorAsync(InvocationError error) =>
        scheduler.EnterAsync(() => generation.Runtime.PostRestoreError(error)).AsTask();

    private static bool IsRefused(Task<Answer<InvokeEvent>> next) => next is { IsCompletedSuccessfully: true, Result.Refusal: not null };

    private ValueTask<Task<Answer<InvokeEvent>>> AskNextAsync(CancellationToken hungUp) =>
        scheduler.EnterAsync(() => generation.Runtime.NextAsync(hungUp));

    /// <summary>
    /// A client may ask over another connection while the end of its answer is still on the way to us, as AWS's own for Node does after a
    /// stream that failed: then we read that first, if it comes soon.
    /// </summary>
    private async Task<Answer<InvokeEvent>> NextBehindAnswerAsync(Task<Task<Answer<InvokeEvent>>> first, CancellationToken hungUp)
    {
        var next = await first;
        if (!IsRefused(next) || await scheduler.EnterAsync(() => generation.AnswerOnItsWayAsync(hungUp)) is not { } arrival)
            return await next;
        await arrival;
        return await await AskNextAsync(hungUp);
    }

    private ValueTask<Answer<PostedAnswer>> BeginAsync(RequestId id, InvocationId? echo, RuntimeMove move, bool modeIsKnown) =>
        scheduler.EnterAsync<Answer<PostedAnswer>>(() =>
        {
            if (generation.Runtime.Find(id, echo).IsRefused(out var refusal, out var invocation))
                return refusal;
            if (invocation.Begin(move) is { } refused)
                return refused;
            if (!modeIsKnown)
            {
                invocation.RefuseResponseMode();
                return Refusal.InvalidResponseMode;
            }

            return new PostedAnswer(invocation, scheduler);
        });
}
