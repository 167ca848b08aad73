using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of the kind that the user chose, else of the strongest that works here, which it finds out once.</summary>
internal sealed class Sandboxes : IEnvironmentHomes, IAsyncDisposable
{
    private readonly Task<ReadySandboxes> chosen;
    private readonly NetworkKind network;
    private readonly Lazy<Task<Snapshotter>> snapshotter;

    private Sandboxes(Task<ReadySandboxes> chosen, NetworkKind network)
    {
        (this.chosen, this.network) = (chosen, network);
        snapshotter = new(async () => await (await chosen).Kind.StartSnapshotterAsync());
    }

    /// <summary>The name of the kind; that of the weakest while it is not known yet.</summary>
    public string Isolation => chosen.IsCompletedSuccessfully ? chosen.Result.Name : "process";

    /// <summary>How many wait for a function.</summary>
    public int Ready => chosen.IsCompletedSuccessfully ? chosen.Result.Count : 0;

    /// <summary>Begins to find out, and does not wait.</summary>
    /// <param name="folder">Where sandboxes may write.</param>
    /// <param name="data">Where they may write what lasts.</param>
    /// <param name="notice">Hears a line when what is strongest does not work here.</param>
    public static Sandboxes Choose(SandboxWishes wishes, string folder, string data, TimeProvider time, Action<string> notice)
    {
        return new(wishes.Isolation == IsolationChoice.Process ? Task.FromResult(Processes()) : Task.Run(ProbeAsync), wishes.Network);

        ReadySandboxes Processes() => Of(new ProcessSandboxes(wishes.EnforceMemory, time));

        ReadySandboxes Of(ISandboxKind kind) => new(kind, wishes.Ready, wishes.Network, time);

        async Task<ReadySandboxes> ProbeAsync()
        {
            try
            {
                return Of(await NamespaceSandboxes.ProbeAsync(folder, data, wishes, time, notice));
            }
            catch (SandboxException impossible) when (wishes.Isolation == IsolationChoice.Auto)
            {
                notice($"functions are isolated by processes only, which hold nobody malicious: {impossible.Message}");
                return Processes();
            }
        }
    }

    /// <summary>Completes when it is known.</summary>
    /// <exception cref="SandboxException">What the user wants does not work here.</exception>
    public Task ReadyAsync() => chosen;

    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    public async Task<EnvironmentHome> CreateAsync(EnvironmentPlan plan)
    {
        return await FurnishAsync(await (await chosen).TakeAsync(NetworkOf(plan)), plan);
    }

    public Task<Snapshotter> SnapshotterAsync(EnvironmentPlan plan)
    {
        if (plan.Image is not null)
            throw new SandboxException("container images have no snapshots");
        return NetworkOf(plan) == NetworkKind.Host
            ? throw new SandboxException("functions that share this machine's network have no snapshots (fix: --network nat)")
            : snapshotter.Value;
    }

    public async Task<EnvironmentHome> CreateForSnapshotAsync(EnvironmentPlan plan) =>
        await FurnishAsync(await (await chosen).Kind.MakeAsync(NetworkOf(plan), await SnapshotterAsync(plan)), plan);

    public async Task<RestoredHome> RestoreAsync(EnvironmentPlan plan, Snapshot snapshot, Func<string, IProcessOutput> outputOf) =>
        await (await chosen).Kind.RestoreAsync(plan, NetworkOf(plan), snapshot, await SnapshotterAsync(plan), outputOf);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (snapshotter.IsValueCreated)
                await (await snapshotter.Value).DisposeAsync();
        }
        catch (SandboxException)
        {
            // There was none.
        }

        try
        {
            await (await chosen).DisposeAsync();
        }
        catch (SandboxException)
        {
            // There were none.
        }
    }

    private static async Task<EnvironmentHome> FurnishAsync(IEmptySandbox empty, EnvironmentPlan plan)
    {
        try
        {
            return await empty.FurnishAsync(plan);
        }
        catch
        {
            await empty.DisposeAsync();
            throw;
        }
    }

    private NetworkKind NetworkOf(EnvironmentPlan plan) => NetworkChoice.Of(plan.Function, network);
}
