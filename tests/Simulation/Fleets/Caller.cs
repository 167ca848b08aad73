using System.Text;
using Thaw.Contracts;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests.Fleets;

/// <summary>A client of one function: one call after the other, or many at once; patient or not.</summary>
internal sealed class Caller(FleetWorld fleet, SimulatedFunction function)
{
    private readonly World world = fleet.World;

    /// <summary>Comes back as soon as it is answered, or after a while.</summary>
    public async Task OneAfterTheOtherAsync(int count, int maxPauseMilliseconds)
    {
        for (; count > 0; count--)
        {
            await CallAsync();
            if (maxPauseMilliseconds > 0)
                await world.Pause(maxPauseMilliseconds, CancellationToken.None);
        }
    }

    public async Task AtOnceAsync(int count, int maxPauseMilliseconds)
    {
        await world.Pause(maxPauseMilliseconds, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => CallAsync()));
    }

    /// <summary>Returns when the caller has its answer, or has left without it.</summary>
    public async Task<Call> CallAsync()
    {
        // What it knows of the function may be out of date by the time its call arrives.
        var plan = function.Plan;
        if (world.Random.Next(8) == 0)
            await world.Pause(100, CancellationToken.None);

        var call = fleet.Ledger.Routes(function, plan);
        var response = new SimulatedResponse(fleet, call, isSlow: fleet.Faults.IsSlow);
        world.Note($"{call} comes, revision {plan.Revision}");
        call.Response = response;
        var routing = fleet.Router.RouteAsync(plan, Of(call, response)).AsTask();
        if (routing is not { IsCompletedSuccessfully: true, Result: Routing.Throttled })
            function.Leases(plan);
        switch (await routing)
        {
            case Routing.Throttled:
                world.Note($"{call} throttled");
                fleet.Ledger.Throttled(call);
                break;
            case Routing.Refused refused:
                world.Note($"{call} refused: {refused.Lease}");
                fleet.Ledger.Refused(call, refused.Lease);
                break;
            case Routing.Accepted accepted:
                fleet.Ledger.Accepts(call);
                call.Ended = accepted.Ended;
                await AwaitAnswerAsync(response);
                break;
        }

        return call;
    }

    private async Task AwaitAnswerAsync(SimulatedResponse response)
    {
        if (fleet.Faults.HangsUp && world.Random.Next(4) == 0)
        {
            await Task.WhenAny(response.Answered, world.Pause(1_500, CancellationToken.None));
            response.Leave();
            return;
        }

        await response.Answered;
    }

    private static Invocation Of(Call call, SimulatedResponse response) => new()
    {
        RequestId = new RequestId(call.Id),
        InvocationId = new InvocationId($"attempt at {call}"),
        Event = Encoding.UTF8.GetBytes(call.Id),
        InvokedFunctionArn = call.Plan.Function.Arn,
        Response = response,
    };
}
