using System.Globalization;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.ServiceApi;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;

namespace Thaw.Daemon.InvokeApi;

/// <summary>
/// <c>POST /2015-03-31/functions/{name}/invocations</c>; spec (service) 9.
///
///   headers, name (400) -> function (404, 409) -> event (413, 400) -> DryRun: 204 -> route (429) -> answer
/// </summary>
internal sealed class Invoke(
    IFunctions functions,
    InvocationRouter router,
    EnvironmentPool pool,
    LogTails tails,
    HeldEvents heldEvents,
    LambdaMetrics metrics,
    TimeProvider time,
    Random random)
{
    private const string PathBefore = "/2015-03-31/functions/", PathBehind = "/invocations";

    /// <summary>The function that a path of this operation names; null for any other path. Some clients end it with a slash.</summary>
    public static string? FunctionIn(string path)
    {
        var whole = path.AsSpan();
        if (whole.EndsWith('/'))
            whole = whole[..^1];
        if (!whole.StartsWith(PathBefore) || !whole.EndsWith(PathBehind) || whole.Length <= PathBefore.Length + PathBehind.Length)
            return null;
        var function = whole[PathBefore.Length..^PathBehind.Length];
        return function.Contains('/') ? null : function.ToString();
    }

    public async Task ServeAsync(InvokeCall call)
    {
        if (await AnswerAsync(call) is { } refusal)
            await call.RefuseAsync(refusal);
    }

    /// <summary>Answers, or tells why not: then nothing has run.</summary>
    private async Task<LambdaError?> AnswerAsync(InvokeCall call)
    {
        var receivedAt = time.GetUtcNow();
        var (headers, wrong) = InvokeHeaders.Read(call);
        if (headers is null)
            return wrong;
        var (target, misnamed) = InvokeTarget.Read(call.Function, call.Qualifier);
        if (target is null)
            return misnamed;
        var (plan, unusable) = await PlanOfAsync(target);
        if (plan is null)
            return unusable;

        // An event without a length announced counts with the most that it may be.
        var bytes = Math.Min(call.AnnouncedBytes ?? Limits.InvokeRequestBytes, Limits.InvokeRequestBytes);
        if (!heldEvents.TryHold(bytes))
        {
            metrics.Of(plan.Version).Throttled();
            return LambdaError.TooManyRequests("CallerRateLimitExceeded", "Rate Exceeded. The events of other callers fill the memory.");
        }

        try
        {
            var (body, unreadable) = await call.ReadEventAsync(headers.Type, Limits.InvokeRequestBytes);

            // From now on it counts with what it is.
            heldEvents.Release(bytes - body.Length);
            bytes = body.Length;
            return unreadable ?? headers.Type switch
            {
                InvocationType.RequestResponse => await RunAsync(call, plan, headers, target.Arn, body, receivedAt),
                InvocationType.DryRun => await DryRunAsync(call),
                _ => LambdaError.ModeNotSupported(
                    "This version of Thaw runs no asynchronous invocations; leave X-Amz-Invocation-Type away, or say RequestResponse"),
            };
        }
        finally
        {
            heldEvents.Release(bytes);
        }
    }

    private async ValueTask<(EnvironmentPlan? Plan, LambdaError? Error)> PlanOfAsync(InvokeTarget target)
    {
        switch (await functions.FindAsync(target.Function, target.Qualifier))
        {
            case FunctionState.Ready ready:
                return (ready.Plan, null);
            case FunctionState.Unusable unusable:
                return (null, LambdaError.FailedState(unusable.Message));
            case FunctionState.NotReady busy:
                return (null, LambdaError.NotReady(busy.State));
            default:
                if (target.IsLatest)
                    pool.Forget(new VersionId(target.Function, FunctionConfiguration.Latest));
                return (null, LambdaError.NotFound(target.Arn));
        }
    }

    private static async Task<LambdaError?> DryRunAsync(InvokeCall call)
    {
        await call.AnswerAsync(StatusCodes.Status204NoContent, default);
        return null;
    }

    private async Task<LambdaError?> RunAsync(
        InvokeCall call, EnvironmentPlan plan, InvokeHeaders headers, string arn, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        var id = new InvocationId(RandomUuid.New(random).ToString("N"));
        var tail = headers.WantsLog ? tails.Want(id) : null;
        try
        {
            var response = new BufferedResponse();
            var trace = headers.TraceId ?? TraceHeader.New(receivedAt, random);
            var invocation = new Invocation
            {
                RequestId = headers.RequestId,
                InvocationId = id,
                Event = body,
                InvokedFunctionArn = arn,
                Origin = new InvocationOrigin(trace, TraceHeader.NewSegment(trace, random))
                {
                    BeginsTrace = headers.TraceId is null,
                },
                ReceivedAt = receivedAt,
                ClientContext = headers.ClientContext,
                Response = response,
            };
            var routing = await router.RouteAsync(plan, invocation);
            if (routing is not Routing.Accepted running)
            {
                if (routing is Routing.Throttled or Routing.Refused { Lease: Lease.OutOfMemory })
                    metrics.Of(plan.Version).Throttled();
                return Refusal(routing);
            }

            var result = await response.Result;

            // The log ends with the report, which comes when all extensions are ready too.
            if (tail is not null)
                await running.Ended;
            await InvokeAnswer.WriteAsync(call, result, plan.Function.Version, invocation.TraceId, tail?.ToBase64());
            LargeArrays.GiveBack(result.Body);
            return null;
        }
        finally
        {
            if (tail is not null)
                tails.Forget(id);
        }
    }

    private static LambdaError Refusal(Routing routing) => routing switch
    {
        Routing.Throttled throttled => LambdaError.TooManyRequests(
            throttled.IsReserved ? "ReservedFunctionConcurrentInvocationLimitExceeded" : "ConcurrentInvocationLimitExceeded",
            string.Create(
                CultureInfo.InvariantCulture, $"Rate Exceeded. {throttled.Limit} invocations run at once, which is all that may.")),
        Routing.Refused { Lease: Lease.OutOfMemory } => LambdaError.TooManyRequests(
            "ConcurrentInvocationLimitExceeded",
            "Rate Exceeded. Environments at work fill the memory that they may have; thaw up --memory sets it."),
        Routing.Refused { Lease: Lease.Closed } => LambdaError.Unavailable("Thaw is shutting down."),
        Routing.Refused { Lease: Lease.Failed failed } => LambdaError.Service($"No environment could be made: {failed.Reason}"),
        _ => throw new InvalidOperationException($"An unknown routing: {routing}"),
    };
}
