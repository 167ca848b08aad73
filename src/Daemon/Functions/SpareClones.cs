using System.Globalization;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>
/// Sees to it that the pool keeps the spare clones that versions ask for: from the moment when they are active, or the daemon has
/// started, until they are no more; decision 0037.
/// </summary>
internal sealed class SpareClones : IAsyncDisposable
{
    /// <summary>Among the variables of a function with SnapStart: how many environments are ready ahead of any invocation.</summary>
    public const string Variable = "THAW_SPARE_CLONES";

    /// <summary>For one version.</summary>
    public const int Most = 100;

    private readonly Dictionary<string, Dictionary<string, VersionRecord>> kept = [];
    private readonly CancellationTokenSource ending = new();
    private readonly ChangedFunctions changed;
    private readonly IStore store;
    private readonly DeploymentPlans plans;
    private readonly EnvironmentPool pool;
    private readonly Action<string> notice;
    private Task running = Task.CompletedTask;

    public SpareClones(IStore store, DeploymentPlans plans, EnvironmentPool pool, TimeProvider time, Action<string> notice)
    {
        (this.store, this.plans, this.pool, this.notice) = (store, plans, pool, notice);
        changed = new ChangedFunctions(store, time, notice);
    }

    public void Start() => running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        changed.Dispose();
        await ending.CancelAsync();
        await running;
        ending.Dispose();
    }

    /// <summary>How many a version asks for.</summary>
    /// <param name="wrong">What it says, if that is no number of clones.</param>
    internal static int Of(VersionRecord version, out string? wrong)
    {
        wrong = null;
        if (!AsksForSome(version))
            return 0;
        var said = version.Deployment.Settings.Variables![Variable];
        if (int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= Most)
            return count;
        wrong = said;
        return 0;
    }

    private static bool AsksForSome(VersionRecord version) =>
        version.WantsSnapshot && version.Deployment.Settings.Variables?.ContainsKey(Variable) == true;

    private async Task RunAsync()
    {
        try
        {
            await changed.ForEachAsync(AsksForSome, KeepAsync, ending.Token);
            await changed.ForEachAsync(KeepAsync, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody needs any now.
        }
    }

    private async Task KeepAsync(string function)
    {
        var wanted = await store.ReadAsync(view => view.List(Tables.Versions, function)
            .Where(version => version.State == "Active" && AsksForSome(version))
            .ToDictionary(version => version.Version));
        var had = kept.GetValueOrDefault(function) ?? [];
        foreach (var version in had.Keys.Where(version => !wanted.ContainsKey(version)))
            pool.Forget(new VersionId(function, version));
        foreach (var version in wanted.Values.Where(version => had.GetValueOrDefault(version.Version)?.Change != version.Change))
            await KeepAsync(version);
        if (wanted.Count > 0)
            kept[function] = wanted;
        else
            kept.Remove(function);
    }

    private async Task KeepAsync(VersionRecord version)
    {
        if (Of(version, out var wrong) is var count && wrong is not null)
        {
            notice($"{version.Function}:{version.Version} has no spare clones: "
                + $"the variable {Variable} is a number from 0 to {Most}, not \"{wrong}\"");
        }

        try
        {
            if (count > 0)
                pool.KeepSpares(await plans.MakeAsync(version.Function, version.Version, version.Deployment, version.Change), count);
        }
        catch (Exception unusable) when (unusable is UnusableCodeException or UnusableFunctionException)
        {
            notice($"{version.Function}:{version.Version} has no spare clones: {unusable.Message}");
        }
    }
}
