using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.Environments.Pool;

/// <summary>
/// Leads an invocation to an environment. Every one that is accepted is answered exactly once, whatever happens to its environment.
///
///   limit --> lease a slot --> run --> answered: the caller's place is free --> ended: the slot is free
/// </summary>
public sealed class InvocationRouter(EnvironmentPool pool, ConcurrencyLimiter account)
{
    private const string NotAnswered = "The invocation was lost";

    /// <summary>Returns when it is clear what happens: the invocation has begun, or will never begin.</summary>
    public async ValueTask<Routing> RouteAsync(EnvironmentPlan plan, Invocation invocation)
    {
        var limiter = plan.Reserved ?? account;
        if (!limiter.TryEnter())
            return new Routing.Throttled(limiter.Limit, IsReserved: plan.Reserved is not null);
        Lease? lease = null;
        try
        {
            lease = await pool.LeaseAsync(plan);
        }
        finally
        {
            if (lease is not Lease.Granted)
                limiter.Leave();
        }

        return lease is Lease.Granted { Slot: var slot }
            ? new Routing.Accepted(RunAsync(slot, invocation, limiter))
            : new Routing.Refused(lease);
    }

    private async Task<PhaseOutcome> RunAsync(InvocationSlot slot, Invocation invocation, ConcurrencyLimiter limiter)
    {
        var response = new NoticedResponse(invocation.Response, slot, limiter);
        PhaseOutcome? outcome = null;
        try
        {
            outcome = await slot.Environment.InvokeAsync(invocation with { Response = response });
        }
#pragma warning disable CA1031 // A fault of ours must cost neither the caller its answer nor the pool its slot.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            outcome = Broken(fault.Message);
        }
        finally
        {
            // A phase that succeeds has its answer, which may still be on the way: to a slow caller, from a runtime that does not wait.
            // One that fails has given it, unless a fault of ours kept it from that.
            if (outcome is not { IsSuccess: true } && !response.HasEnded)
                response.Fail(GeneratedError.For(outcome as PhaseOutcome.Failed ?? Broken(NotAnswered), invocation.RequestId));
            slot.Return(isFit: outcome is not (null or PhaseOutcome.Failed { ErrorType.IsPlatformFault: true }));
        }

        return outcome;
    }

    private static PhaseOutcome.Failed Broken(string reason) => new(ErrorType.SandboxFailure, reason);
}
