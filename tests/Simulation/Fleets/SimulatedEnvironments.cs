using System.Globalization;
using Thaw.Environments;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.SimulationTests.Fleets;

/// <summary>Makes environments out of scripts; sometimes late, sometimes not at all, sometimes ones that will break.</summary>
internal sealed class SimulatedEnvironments(FleetWorld fleet) : IEnvironmentFactory
{
    public async Task<IEnvironment> CreateAsync(EnvironmentPlan plan)
    {
        fleet.Ledger.Creates(plan);
        await fleet.World.Pause(fleet.Faults.IsSlow ? 1_000 : 20, CancellationToken.None);
        if (fleet.Faults.Refuses)
        {
            fleet.Ledger.NotCreated(plan);
            throw new SandboxException("There can be no sandbox now");
        }

        var function = fleet.Functions.Single(function => function.Plan.Version == plan.Version);
        var label = string.Create(CultureInfo.InvariantCulture, $"{plan.Function.Name}/{plan.Revision}#{fleet.Ledger.Lives + 1} ");
        var settings = new LifecycleSettings { Function = plan.Function };
        var environment = new SimulatedEnvironment(fleet.World, fleet.Faults, settings, function.ExtensionsOf(plan), label)
        {
            SomebodyElses = fleet.Ledger.AnotherThan,
        };
        var watched = new WatchedEnvironment(fleet, function, plan, environment);
        fleet.Ledger.Created(plan, watched);
        if (fleet.Faults.BreaksDown)
            fleet.World.Launch(watched.BreakDownLaterAsync);
        return watched;
    }
}
