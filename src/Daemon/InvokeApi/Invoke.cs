using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi.Streaming;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.ServiceApi;
using Thaw.Environments;
using Thaw.Environments.Pool;

namespace Thaw.Daemon.InvokeApi;

/// <summary>
/// The operations that invoke; spec (service) 9.
///
///   headers, name (400) -> function (404, 409) -> event (413, 400) -> DryRun: 204
///                                                                  -> Event: queue, 202
///                                                                  -> route (429) -> answer, whole or as a stream
/// </summary>
/// <param name="wake">Has a version brought back that is asleep.</param>
internal sealed class Invoke(
    IFunctions functions,
    EnvironmentPool pool,
    HeldEvents heldEvents,
    LambdaMetrics metrics,
    SynchronousInvoke synchronous,
    StreamingInvoke streaming,
    QueuedInvoke queued,
    Func<VersionId, Task> wake,
    TimeProvider time)
{
    public async Task ServeAsync(InvokeCall call)
    {
        if (await AnswerAsync(call) is { } refusal)
            await call.RefuseAsync(refusal);
    }

    /// <summary>Answers, or tells why not: then nothing has run.</summary>
    public ValueTask<LambdaError?> AnswerAsync(InvokeCall call)
    {
        // Mostly everything is here: then nobody waits for the whole invoke but its caller.
        var admission = AdmitAsync(call);
        return admission.IsCompletedSuccessfully ? RunAsync(admission.Result) : RunBehindAsync(admission);
    }

    private async ValueTask<Admission> AdmitAsync(InvokeCall call)
    {
        var receivedAt = time.GetUtcNow();
        var (headers, wrong) = InvokeHeaders.Read(call);
        if (headers is null)
            return new(wrong);
        var (target, misnamed) = InvokeTarget.Read(call.Function, call.Qualifier);
        if (target is null)
            return new(misnamed);
        var (plan, unusable) = await PlanOfAsync(target, headers.Type);
        if (plan is null)
            return new(unusable);

        // An event without a length announced counts with the most that it may be.
        var most = headers.MaxEventBytes(call.Operation);
        var bytes = Math.Min(call.AnnouncedBytes ?? most, most);
        if (!heldEvents.TryHold(bytes))
        {
            metrics.Of(plan.Version).Throttled();
            return new(LambdaError.TooManyRequests(
                "CallerRateLimitExceeded", "Rate Exceeded. The events of other callers fill the memory."));
        }

        long kept = 0;
        try
        {
            var (body, unreadable) = await call.ReadEventAsync(headers.Type, most);
            if (unreadable is not null)
                return new(unreadable);
            kept = body.Length;
            return new(null, new AdmittedInvoke(call, plan, headers, target, body, receivedAt, heldEvents));
        }
        finally
        {
            // From now on it counts with what it is.
            heldEvents.Release(bytes - kept);
        }
    }

    private async ValueTask<LambdaError?> RunBehindAsync(ValueTask<Admission> admission) => await RunAsync(await admission);

    private ValueTask<LambdaError?> RunAsync(Admission admission) => admission.Invoke switch
    {
        null => new(admission.Refusal),
        { Headers.Type: InvocationType.DryRun } invoke => new(DryRunAsync(invoke)),
        { Headers.Type: InvocationType.Event } invoke => new(queued.RunAsync(invoke)),
        { Call: KestrelInvokeCall { Operation: InvokeOperation.InvokeWithResponseStream, Http: var http } } invoke =>
            new(streaming.RunAsync(invoke, http)),
        var invoke => synchronous.RunAsync(invoke),
    };

    private async ValueTask<(EnvironmentPlan? Plan, LambdaError? Error)> PlanOfAsync(InvokeTarget target, InvocationType type)
    {
        switch (await functions.FindAsync(target.Function, target.Qualifier))
        {
            case FunctionState.Ready ready:
                return (ready.Plan, null);
            case FunctionState.Unusable unusable:
                return (null, LambdaError.FailedState(unusable.Message));
            case FunctionState.NotReady busy:
                return (null, LambdaError.NotReady(busy.State));
            case FunctionState.Asleep asleep:
                if (type != InvocationType.DryRun)
                    await wake(asleep.Version);
                return (null, LambdaError.SnapStartNotReady());
            default:
                if (target.IsLatest)
                    pool.Forget(new VersionId(target.Function, FunctionConfiguration.Latest));
                return (null, LambdaError.NotFound(target.Arn));
        }
    }

    private static async Task<LambdaError?> DryRunAsync(AdmittedInvoke invoke)
    {
        using (invoke)
            await invoke.Call.AnswerAsync(StatusCodes.Status204NoContent, default);
        return null;
    }

    /// <summary>An invoke that may run, or why it may not.</summary>
    private readonly record struct Admission(LambdaError? Refusal, AdmittedInvoke? Invoke = null);
}
