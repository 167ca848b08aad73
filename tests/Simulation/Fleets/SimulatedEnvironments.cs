using System.Globalization;
using Thaw.Environments;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.SimulationTests.Fleets;

/// <summary>Makes environments out of scripts; sometimes late, sometimes not at all, sometimes ones that will break.</summary>
internal sealed class SimulatedEnvironments(FleetWorld fleet) : IEnvironmentFactory
{
    private const int Tries = 2;

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
        var settings = new LifecycleSettings { Function = plan.Function, InitializationType = plan.InitializationType };
        var snapshot = await FindSnapshotAsync(function, plan);
        var environment = new SimulatedEnvironment(fleet.World, fleet.Faults, settings, function.ExtensionsOf(plan), label)
        {
            SomebodyElses = fleet.Ledger.AnotherThan,
            Snapshot = snapshot,
            RuntimeAwaitsRestore = function.RuntimeAwaitsRestore,
        };
        var watched = new WatchedEnvironment(fleet, function, plan, environment);
        fleet.Ledger.Created(plan, watched);
        if (fleet.Faults.BreaksDown)
            fleet.World.Launch(watched.BreakDownLaterAsync);
        return watched;
    }

    /// <summary>Null when it is to be initialised: there is no snapshot, it is of no use, or it was removed while it was read.</summary>
    private async Task<SimulatedSnapshot?> FindSnapshotAsync(SimulatedFunction function, EnvironmentPlan plan)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            if (plan != function.Plan || function.Snapshot is not { } snapshot)
                return null;
            await fleet.World.Pause(fleet.Faults.IsSlow ? 3_000 : 100, CancellationToken.None);
            if (!fleet.Faults.Refuses)
                return snapshot == function.Snapshot ? snapshot : null;
        }

        function.LoseSnapshot();
        return null;
    }
}
