using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Records;
using Thaw.EnvironmentApis;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Environments.Runtimes;
using Thaw.Sandboxing.Processes;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// The daemon: everything put together.
///
///   callers --HTTP--> public port --> Invoke --> InvocationRouter --> EnvironmentPool --> environments
///                         |                                                                   | events
///                         +--> ListEnvironments: records, log tails, the watcher's log   &lt;----+
/// </summary>
public sealed class ThawDaemon : IAsyncDisposable
{
    /// <summary>How long the end waits for callers who are slow to read, or to write.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(3);

    private readonly WorkFolder work;
    private readonly FunctionLog log;
    private readonly FunctionFolders functions;
    private readonly EnvironmentApiServer apis;
    private readonly EnvironmentPool pool;
    private readonly Health health = new();
    private readonly PublicApplication application;
    private readonly PublicServer server;

    private ThawDaemon(DaemonOptions options, TextWriter watcher, TimeProvider time, Random random)
    {
        work = new WorkFolder(options.DataDirectory ?? WorkFolder.DefaultDataDirectory());
        log = new FunctionLog(watcher);
        apis = new EnvironmentApiServer(NullLoggerFactory.Instance, time, inline: true);
        functions = new FunctionFolders(
            options.FunctionsFolder ?? "", work.Path, RuntimeCatalog.OfThisMachine(options.Programs), time, log.Notice);

        var records = new EnvironmentRecords(Guid.NewGuid);
        var tails = new LogTails();
        var environments = new SandboxedEnvironments(
            async () => await ProcessSandbox.CreateAsync(new ProcessSandboxOptions()),
            apis,
            (plan, _) => new EnvironmentEvents(records.Open(plan), records, tails, log),
            new EnvironmentWorld(time, random, Guid.NewGuid));
        pool = new EnvironmentPool(
            new PoolSettings
            {
                IdleLifetime = options.IdleLifetime,
                MemoryBytes = options.MemoryMegabytes * 1024L * 1024 ?? MachineMemory.ForEnvironments(),
                StartsAtOnce = Math.Max(4, Environment.ProcessorCount * 2),
            },
            environments,
            time);
        var router = new InvocationRouter(pool, new ConcurrencyLimiter(options.Concurrency));
        var invoke = new Invoke(functions, router, pool, tails, new HeldEvents(Limits.HeldEventBytes), time, random);

        application = new PublicApplication(
            new PublicRoutes(invoke, new ListEnvironments(records), health), () => RandomUuid.New(random));
        server = new PublicServer(options);
    }

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Address => server.Address;

    /// <summary>The functions that it found when it started, by name.</summary>
    public IReadOnlyList<string> FunctionNames => functions.Names();

    /// <summary>Starts it; it takes calls when this returns.</summary>
    /// <param name="watcher">Gets what functions write, and notices, a line each.</param>
    /// <exception cref="DaemonStartException">It cannot run like this.</exception>
    public static async Task<ThawDaemon> StartAsync(DaemonOptions options, TextWriter watcher, TimeProvider time, Random random)
    {
        if (options.FunctionsFolder is { } folder && !Directory.Exists(folder))
            throw new DaemonStartException($"there is no folder {folder}; --functions wants the folder that holds your functions' folders");
        SocketThreads.ServeInline();
        var daemon = new ThawDaemon(options, watcher, time, random);
        try
        {
            await daemon.apis.StartAsync(CancellationToken.None);
            await daemon.server.StartAsync(daemon.application);
            await daemon.NoticeFunctionsAsync();
            return daemon;
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
        await pool.DrainAsync();

        // All are answered. Who still reads may finish; who never ends its event is cut off.
        using var patience = new CancellationTokenSource(LastAnswers);
        await server.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        server.Dispose();
        await pool.DisposeAsync();
        await apis.DisposeAsync();
        await log.DisposeAsync();
        work.Dispose();
    }

    private async Task NoticeFunctionsAsync()
    {
        foreach (var name in functions.Names())
        {
            if (!FunctionName.IsBareName(name))
                log.Notice($"{name} is no function's name: 1 to 64 letters, digits, - and _; rename the folder to use it");
            else if (await functions.FindAsync(name) is FunctionState.Unusable unusable)
                log.Notice($"{name} cannot be invoked until this is mended: {unusable.Message}");
        }
    }
}
