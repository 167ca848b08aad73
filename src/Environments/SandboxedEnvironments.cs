using Thaw.Contracts;
using Thaw.EnvironmentApis;
using Thaw.Environments.Snapshots;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments;

/// <summary>Makes environments in real sandboxes: empty ones to be initialised, and clones of snapshots to be restored.</summary>
public sealed class SandboxedEnvironments : IEnvironmentFactory, IAsyncDisposable
{
    private const int Tries = 2;

    private readonly IEnvironmentHomes homes;
    private readonly EnvironmentApiServer apis;
    private readonly Func<EnvironmentPlan, EnvironmentIdentity, ILifecycleEvents> eventsOf;
    private readonly EnvironmentWorld world;

    /// <param name="homes">Makes the sandboxes.</param>
    /// <param name="eventsOf">Where the events of a new environment go, until its <see cref="EnvironmentEnded"/>.</param>
    /// <param name="snapshotFolder">Where snapshots lie; absolute.</param>
    /// <param name="snapshotBytes">What they may have there together.</param>
    /// <param name="memory">Of the environments that they are taken of; see <see cref="VersionSnapshots"/>.</param>
    public SandboxedEnvironments(
        IEnvironmentHomes homes,
        EnvironmentApiServer apis,
        Func<EnvironmentPlan, EnvironmentIdentity, ILifecycleEvents> eventsOf,
        EnvironmentWorld world,
        string snapshotFolder,
        long snapshotBytes = long.MaxValue,
        Func<EnvironmentPlan, CancellationToken, Task<IDisposable?>>? memory = null)
    {
        (this.homes, this.apis, this.eventsOf, this.world) = (homes, apis, eventsOf, world);
        Snapshots = new VersionSnapshots(
            snapshotFolder, snapshotBytes, NewOriginalAsync, homes.SnapshotterAsync, world.Time, world.Notice, memory);
    }

    public VersionSnapshots Snapshots { get; }

    async Task<IEnvironment> IEnvironmentFactory.CreateAsync(EnvironmentPlan plan) => await CreateAsync(plan);

    /// <inheritdoc cref="IEnvironmentFactory.CreateAsync"/>
    public async Task<ExecutionEnvironment> CreateAsync(EnvironmentPlan plan) =>
        plan.InitializationType == InitializationType.SnapStart && await TryRestoreAsync(plan) is { } restored
            ? restored
            : await PutInAsync(plan, homes.CreateAsync);

    public ValueTask DisposeAsync() => Snapshots.DisposeAsync();

    private Task<ExecutionEnvironment> NewOriginalAsync(EnvironmentPlan plan) => PutInAsync(plan, homes.CreateForSnapshotAsync);

    private async Task<ExecutionEnvironment> PutInAsync(EnvironmentPlan plan, Func<EnvironmentPlan, Task<EnvironmentHome>> newHome)
    {
        var home = await newHome(plan);
        var identity = plan.NewIdentity(world);
        return ExecutionEnvironment.In(home, plan, identity, apis, eventsOf(plan, identity), world);
    }

    /// <summary>Null when there is no snapshot that can be restored: then the function is initialised.</summary>
    private async Task<ExecutionEnvironment?> TryRestoreAsync(EnvironmentPlan plan)
    {
        using var use = await Snapshots.FindAsync(plan);
        if (use is null)
            return null;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var restored = await RestoreAsync(plan, use.Snapshot);
                Snapshots.Restored(plan.Version, use);
                return restored;
            }
            catch (SandboxException) when (tries < Tries)
            {
                // The machine may have been short of something for a moment.
            }
            catch (Exception failure) when (failure is SandboxException or SnapshotUnusableException)
            {
                world.Notice($"{plan.Function.Name}:{plan.Function.Version} is initialised, it could not be restored: {failure.Message}");
                await Snapshots.NotRestoredAsync(plan.Version, use, isOfUse: failure is SandboxException);
                return null;
            }
        }
    }

    private Task<ExecutionEnvironment> RestoreAsync(EnvironmentPlan plan, EnvironmentSnapshot snapshot)
    {
        var identity = plan.NewIdentity(world);
        return ExecutionEnvironment.RestoredAsync(
            snapshot,
            outputOf => homes.RestoreAsync(plan, snapshot.Memory, outputOf),
            plan,
            identity,
            apis,
            eventsOf(plan, identity),
            world);
    }
}
