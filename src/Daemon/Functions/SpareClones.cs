using System.Globalization;
using System.Threading.Channels;
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

    /// <summary>After the store has failed.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly HashSet<string> changed = [];
    private readonly Dictionary<string, Dictionary<string, VersionRecord>> kept = [];
    private readonly CancellationTokenSource ending = new();
    private readonly IStore store;
    private readonly DeploymentPlans plans;
    private readonly EnvironmentPool pool;
    private readonly TimeProvider time;
    private readonly Action<string> notice;
    private Task running = Task.CompletedTask;

    public SpareClones(IStore store, DeploymentPlans plans, EnvironmentPool pool, TimeProvider time, Action<string> notice)
    {
        (this.store, this.plans, this.pool, this.time, this.notice) = (store, plans, pool, time, notice);
        store.Changed += Note;
    }

    public void Start() => running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        store.Changed -= Note;
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

    private void Note(StoreChange change)
    {
        if (change.Table == Tables.Versions.Name)
            Note(change.Partition);
    }

    private void Note(string function)
    {
        lock (changed)
            changed.Add(function);
        wakes.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            foreach (var function in await TryAsync(AskingAsync, otherwise: []))
                Note(function);
            while (await wakes.Reader.WaitToReadAsync(ending.Token))
            {
                wakes.Reader.TryRead(out _);
                foreach (var function in TakeChanged())
                    await TryAsync(() => KeepAsync(function), otherwise: false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody needs any now.
        }
    }

    private string[] TakeChanged()
    {
        lock (changed)
        {
            string[] taken = [.. changed];
            changed.Clear();
            return taken;
        }
    }

    /// <summary>A store that fails is asked again, until the daemon ends.</summary>
    private async Task<T> TryAsync<T>(Func<Task<T>> ask, T otherwise)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                return await ask();
            }
            catch (StoreException)
            {
                await Task.Delay(Rest, time, ending.Token);
            }
        }

        return otherwise;
    }

    /// <summary>One look for all when the daemon starts: there may be thousands of functions that want nothing.</summary>
    private Task<string[]> AskingAsync() => store.ReadAsync(view => view.List(Tables.Functions, "")
        .Select(function => function.Name)
        .Where(name => view.List(Tables.Versions, name).Any(AsksForSome))
        .ToArray());

    private async Task<bool> KeepAsync(string function)
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
        return true;
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
