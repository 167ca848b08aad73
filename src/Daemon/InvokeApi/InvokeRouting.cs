using System.Globalization;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.ServiceApi;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;

namespace Thaw.Daemon.InvokeApi;

/// <summary>Leads invocations to environments, and words why one was turned away; spec (service) 8.</summary>
internal sealed class InvokeRouting(InvocationRouter router, LambdaMetrics metrics)
{
    /// <summary>The invocation runs, or it never will, and <see cref="RefusalOf"/> says why.</summary>
    public ValueTask<Routing> RouteAsync(EnvironmentPlan plan, Invocation invocation) => router.RouteAsync(plan, invocation);

    /// <summary>What the caller hears of one that was not accepted, which counts among the plan's metrics.</summary>
    public LambdaError RefusalOf(Routing routing, EnvironmentPlan plan)
    {
        if (routing.IsThrottled)
            metrics.Of(plan.Version).Throttled();
        return Wording(routing);
    }

    private static LambdaError Wording(Routing routing) => routing switch
    {
        Routing.Throttled throttled => LambdaError.TooManyRequests(
            throttled.IsReserved ? "ReservedFunctionConcurrentInvocationLimitExceeded" : "ConcurrentInvocationLimitExceeded",
            string.Create(
                CultureInfo.InvariantCulture, $"Rate Exceeded. {throttled.Limit} invocations run at once, which is all that may.")),
        Routing.Refused { Lease: Lease.OutOfMemory } => LambdaError.TooManyRequests(
            "ConcurrentInvocationLimitExceeded",
            "Rate Exceeded. Environments at work fill the memory that they may have; thaw up --memory sets it."),
        Routing.Refused { Lease: Lease.Closed } => LambdaError.Unavailable("Thaw is shutting down."),
        Routing.Refused { Lease: Lease.NotRestored { Outcome: var outcome } } => LambdaError.NotRestored(outcome),
        Routing.Refused { Lease: Lease.Failed failed } => LambdaError.Service($"No environment could be made: {failed.Reason}"),
        _ => throw new InvalidOperationException($"An unknown routing: {routing}"),
    };
}
