using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Thaw.Contracts;
using Thaw.Daemon.CloudWatchLogs;
using Thaw.Daemon.Events;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Hosting.Lane;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.InvokeApi.Streaming;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Daemon.ServiceApi;
using Thaw.Daemon.Signatures;
using Thaw.Daemon.Traces;
using Thaw.EnvironmentApis;
using Thaw.EnvironmentApis.Lane;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Environments;
using Thaw.Environments.Events;
using Thaw.Environments.Pool;
using Thaw.Environments.Runtimes;
using Thaw.Sandboxing;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Sqlite;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// The daemon: everything put together.
///
///   callers --HTTP--> public port --> Invoke --> InvocationRouter --> EnvironmentPool --> environments
///                         |                                                                   | events
///                         +--> environments and logs, to be read: records, log store     &lt;----+--> the watcher's log
/// </summary>
public sealed class ThawDaemon : IAsyncDisposable
{
    /// <summary>How long the end waits for callers who are slow to read, or to write.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(3);

    private readonly WorkFolder work;
    private readonly FunctionLog log;
    private readonly EventBatches batches;
    private readonly LogStore logs;
    private readonly FollowLogs followers;
    private readonly TraceExport? traces;
    private readonly FunctionFolders folders;
    private readonly IStore store;
    private readonly CodeArchive archive, folderImages;
    private readonly DeployedFunctions deployed;
    private readonly ReservedConcurrency reservations;
    private readonly Deployer deployer;
    private readonly SnapStartVersions snapStarts;
    private readonly CodeCollector collector;
    private readonly Sandboxes sandboxes;
    private readonly EnvironmentApiServer apis;
    private readonly SandboxedEnvironments environments;
    private readonly EnvironmentPool pool;
    private readonly SpareClones spareClones;
    private readonly HttpMessageInvoker destinationHttp;
    private readonly EventQueue events;
    private readonly Health health = new();
    private readonly PublicApplication application;
    private readonly PublicServer server;

    /// <summary>Images of functions in folders, which no record refers to, are kept so long after a start that used them.</summary>
    private static readonly TimeSpan UnusedImages = TimeSpan.FromDays(7);

    private ThawDaemon(DaemonOptions options, IStore store, AccessKeys? keys, Stream watcher, TimeProvider time, Random random)
    {
        this.store = store;
        var data = Path.GetFullPath(options.DataDirectory ?? WorkFolder.DefaultDataDirectory());
        work = new WorkFolder(data);
        log = new FunctionLog(watcher);
        apis = new EnvironmentApiServer(NullLoggerFactory.Instance, time, inline: true);
        batches = new EventBatches(time);
        logs = new LogStore(
            new LogStoreOptions { Folder = Path.Combine(data, "logs"), TotalBytes = options.LogStoreMegabytes * 1024L * 1024 },
            time,
            log.Notice,
            batches.TellAll);
        var runtimes = RuntimeCatalog.OfThisMachine(options.Programs);
        folderImages = new CodeArchive(Path.Combine(data, "images"));
        folders = new FunctionFolders(options.FunctionsFolder ?? "", work.Path, runtimes, time, log.Notice)
        {
            Dialect = options.Dialect,
            Images = folderImages,
        };

        archive = new CodeArchive(Path.Combine(data, "code"));
        var account = new ConcurrencyLimiter(options.Concurrency);
        reservations = new ReservedConcurrency(options.Concurrency, account);
        var plans = new DeploymentPlans(archive, runtimes, options.Dialect, log.Notice);
        deployed = new DeployedFunctions(store, plans, reservations, random);
        collector = new CodeCollector(archive, store, time, log.Notice);
        var functions = new AllFunctions(deployed, folders);

        var records = new EnvironmentRecords(Guid.NewGuid, batches);
        var tails = new LogTails();
        var metrics = new LambdaMetrics(batches);
        traces = TraceExport.Begin(Environment.GetEnvironmentVariable, time, random, log.Notice);
        var snapshotBytes = options.SnapshotsMegabytes * 1024L * 1024;
        sandboxes = Sandboxes.Choose(options.Sandboxes with { MostSnapshotBytes = snapshotBytes }, work.Path, data, time, log.Notice);
        environments = new SandboxedEnvironments(
            sandboxes,
            apis,
            (plan, identity) => new EnvironmentEvents(
            batches,
            tails,
            [
                new EnvironmentLog(identity, logs.Open(plan.Function.LogGroup, identity.LogStream), tails, log),
                records.Open(plan),
                metrics.Watch(plan.Version),
                .. traces is null ? (ILifecycleEvents[])[] : [traces.Watch(identity)],
            ]),
            new EnvironmentWorld(time, random, Guid.NewGuid)
            {
                LambdaApi = http => application!.ServeFunctionAsync(http),
                Notice = log.Notice,
            },
            Path.Combine(data, "snapshots"),
            snapshotBytes,
            async (plan, stop) => await pool!.BorrowAsync(plan, stop));
        deployer = new Deployer(
            store, plans, environments.Snapshots, time, () => RandomUuid.New(random).ToString(), log.Notice);
        pool = new EnvironmentPool(
            new PoolSettings
            {
                IdleLifetime = options.IdleLifetime,
                MemoryBytes = options.MemoryMegabytes * 1024L * 1024 ?? MachineMemory.ForEnvironments(),
                StartsAtOnce = Math.Max(4, Environment.ProcessorCount * 2),
            },
            environments,
            CoarseTime.Of(time));
        snapStarts = new SnapStartVersions(
            store, plans, environments.Snapshots, metrics, pool.Forget, time, () => NewId().ToString(), log.Notice);
        spareClones = new SpareClones(store, plans, pool, time, log.Notice);
        var router = new InvocationRouter(pool, account);
        destinationHttp = HttpDestination.NewHttp();
        events = new EventQueue(
            store,
            new FunctionEvents(
                functions,
                router,
                new RulesInStore(store),
                new Destinations(options.Destinations, destinationHttp, queued => events!.AcceptAsync(queued), NewId, time, log.Notice),
                metrics,
                snapStarts.WakeAsync,
                time,
                random,
                log.Notice),
            options.Concurrency,
            time);
        var routing = new InvokeRouting(router, metrics);
        var invoke = new Invoke(
            functions,
            pool,
            new HeldEvents(Limits.HeldEventBytes),
            metrics,
            new SynchronousInvoke(routing, tails, random),
            new StreamingInvoke(routing, tails, random),
            new QueuedInvoke(events, metrics),
            snapStarts.WakeAsync,
            time);

        void Forget(VersionId version)
        {
            pool.Forget(version);
            _ = environments.Snapshots.ForgetAsync(version);
        }

        Guid NewId() => RandomUuid.New(random);

        followers = new FollowLogs(logs, functions);
        var locations = new CodeLocations(archive, time);
        var world = new ServiceWorld(store, archive, folders, locations, time, random, log.Notice)
        {
            Concurrency = options.Concurrency,
            Reservations = reservations,
        };
        application = new PublicApplication(
            new PublicRoutes(
                invoke,
                new LambdaService(Operations.All(world, Forget), world, new HeldEvents(Limits.HeldRequestBytes)),
                locations,
                new ListEnvironments(records, () => sandboxes.Isolation),
                followers,
                new LogsTarget(logs),
                new ShowMetrics(metrics, () => new(sandboxes.Ready, environments.Snapshots.Bytes, logs.Dropped, traces?.Dropped ?? 0)),
                health),
            keys is null ? null : new RequestSignatures(keys, time),
            () => RandomUuid.New(random));
        var lane = new CallerLane(invoke, () => RandomUuid.New(random), CoarseTime.Of(time)) { IsOpen = keys is null };
        server = new PublicServer(options, lane);
    }

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Address => server.Address;

    /// <summary>The functions that it found when it started, by name.</summary>
    public IReadOnlyList<string> FunctionNames => folders.Names();

    /// <summary>Starts it; it takes calls when this returns.</summary>
    /// <param name="watcher">Gets what functions write, and notices, a line each, in UTF-8.</param>
    /// <exception cref="DaemonStartException">It cannot run like this.</exception>
    public static async Task<ThawDaemon> StartAsync(DaemonOptions options, Stream watcher, TimeProvider time, Random random)
    {
        if (options.FunctionsFolder is { } folder && !Directory.Exists(folder))
            throw new DaemonStartException($"there is no folder {folder}; --functions wants the folder that holds your functions' folders");
        SocketThreads.ServeInline();
        var keys = KeysOf(options);

        // The file is opened on another thread while all the rest is put together.
        var store = new OpeningStore(Task.Run<IStore>(
            async () => await SqliteStore.OpenAsync(options.DataDirectory ?? WorkFolder.DefaultDataDirectory())));
        var daemon = new ThawDaemon(options, store, keys, watcher, time, random);
        try
        {
            await daemon.apis.StartAsync(CancellationToken.None);
            await store.Opened;
            if (options.Sandboxes.Isolation == IsolationChoice.Namespaces)
                await daemon.sandboxes.ReadyAsync();
            await daemon.SweepSnapshotsAsync();
            daemon.deployed.Start();
            daemon.deployer.Start();
            daemon.RemoveUnusedImages(time);
            await daemon.reservations.ShareAsync(daemon.store);
            await daemon.server.StartAsync(daemon.application);
            await daemon.events.ResumeAsync();
            await daemon.NoticeFunctionsAsync();
            daemon.collector.Start();
            daemon.snapStarts.Start();
            daemon.spareClones.Start();
            return daemon;
        }
        catch (StoreException unusable)
        {
            await daemon.DisposeAsync();
            throw new DaemonStartException(unusable.Message);
        }
        catch (SandboxException impossible)
        {
            await daemon.DisposeAsync();
            throw new DaemonStartException(NoNamespaces(impossible));
        }
        catch (Exception refusal) when (refusal is IOException or SocketException)
        {
            await daemon.DisposeAsync();
            throw new DaemonStartException(
                $"cannot listen on {options.Address}:{options.Port} ({refusal.InnerException?.Message ?? refusal.Message}); "
                + "--port takes another one, --port 0 any that is free");
        }
    }

    /// <summary>Tells the watcher a line, in order with all others. Waits for nobody.</summary>
    public void Notice(string text) => log.Notice(text);

    /// <summary>Takes no more invocations, lets those at work finish, and ends all environments in order.</summary>
    public async Task DrainAsync()
    {
        health.Drain();
        await Task.WhenAll(pool.DrainAsync(), events.DrainAsync());

        // What was the last to happen is in the logs now.
        followers.End();

        // All are answered. Who still reads may finish; who never ends its event is cut off.
        using var patience = new CancellationTokenSource(LastAnswers);
        await server.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        await server.DisposeAsync();
        await events.DisposeAsync();
        destinationHttp.Dispose();
        await snapStarts.DisposeAsync();
        await spareClones.DisposeAsync();
        await pool.DisposeAsync();
        await environments.DisposeAsync();
        await sandboxes.DisposeAsync();
        await collector.DisposeAsync();
        await deployer.DisposeAsync();
        deployed.Dispose();
        archive.Dispose();
        folderImages.Dispose();
        await store.DisposeAsync();
        await apis.DisposeAsync();
        batches.Dispose();
        if (traces is not null)
            await traces.DisposeAsync();
        followers.Dispose();
        logs.Dispose();
        await log.DisposeAsync();
        work.Dispose();
    }

    internal static string NoNamespaces(SandboxException reason) =>
        $"--isolation namespaces does not work here: {reason.Message}; leave it away, or say --isolation process";

    private static AccessKeys? KeysOf(DaemonOptions options)
    {
        try
        {
            return options.KeyFile is { } file ? AccessKeys.Read(file) : null;
        }
        catch (AccessKeysException unusable)
        {
            throw new DaemonStartException($"{unusable.Message} (--require-auth)");
        }
    }

    // Before any is taken: what is unfinished now was a daemon's that died.
    private async Task SweepSnapshotsAsync()
    {
        if (environments.Snapshots.All is null)
            return;
        var wanted = await store.ReadAsync(view => view.List(Tables.Functions, "")
            .SelectMany(function => view.List(Tables.Versions, function.Name))
            .Where(version => version is { WantsSnapshot: true, State: not "Inactive" })
            .Select(version => new VersionId(version.Function, version.Version))
            .ToHashSet());
        environments.Snapshots.Sweep(wanted.Contains);
    }

    private void RemoveUnusedImages(TimeProvider time)
    {
        try
        {
            _ = folderImages.RemoveUnused(time.GetUtcNow() - UnusedImages);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Notice($"images that nobody uses could not be removed: {failure.Message}");
        }
    }

    private async Task NoticeFunctionsAsync()
    {
        foreach (var name in folders.Names())
        {
            if (!FunctionName.IsBareName(name))
                log.Notice($"{name} is no function's name: 1 to 64 letters, digits, - and _; rename the folder to use it");
            else if (await folders.FindAsync(name, qualifier: null) is FunctionState.Unusable unusable)
                log.Notice($"{name} cannot be invoked until this is mended: {unusable.Message}");
        }
    }
}
