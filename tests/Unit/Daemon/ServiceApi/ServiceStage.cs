using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Daemon.ServiceApi;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Environments.Runtimes;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Memory;
using Thaw.Store.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.ServiceApi;

/// <summary>The service over a store in memory. Nothing is deployed until a test says so.</summary>
internal sealed class ServiceStage : IAsyncDisposable
{
    public const string Role = "arn:aws:iam::000000000000:role/r";

    private readonly TemporaryFolder folder = new();
    private readonly LambdaService service;
    private readonly DeploymentPlans plans;
    private readonly CodeLocations locations;
    private readonly Random random = Random.Shared;
    private Deployer? deployer;

    public ServiceStage(int concurrency = 1000)
    {
        Archive = new CodeArchive(Path.Combine(folder.Path, "archive"));
        var runtimes = new RuntimeCatalog(folder.Path, new MachinePrograms([]));
        var folders = new FunctionFolders(Folders, Path.Combine(folder.Path, "work"), runtimes, Time, Notices.Add);
        Account = new ConcurrencyLimiter(concurrency);
        var reservations = new ReservedConcurrency(concurrency, Account);
        plans = new DeploymentPlans(Archive, runtimes, Dialects.Newest, Notices.Add);
        Deployed = new DeployedFunctions(Store, plans, reservations, random);
        Functions = new AllFunctions(Deployed, folders);
        locations = new CodeLocations(Archive, Time);
        World = new ServiceWorld(Store, Archive, folders, locations, Time, random, Notices.Add)
        {
            Concurrency = concurrency,
            Reservations = reservations,
        };
        service = new LambdaService(Operations.All(World, Forgotten.Add), World, new HeldEvents(Limits.HeldRequestBytes));
        Deployed.Start();
    }

    public MemoryStore Store { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 31, 9, 15, 2, TimeSpan.Zero));

    public ICodeArchive Archive { get; }

    public ServiceWorld World { get; }

    public DeploymentPlans Plans => plans;

    public DeployedFunctions Deployed { get; }

    public AllFunctions Functions { get; }

    public ConcurrencyLimiter Account { get; }

    public List<string> Notices { get; } = [];

    /// <summary>The versions whose environments were to end.</summary>
    public List<VersionId> Forgotten { get; } = [];

    /// <summary>Where functions in folders may lie.</summary>
    public string Folders => Path.Combine(folder.Path, "functions");

    /// <summary>A zip with one file; other text makes another zip.</summary>
    public static byte[] Zip(string text = "#!/bin/sh", string name = "bootstrap")
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry(name).Open())
            entry.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    public static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    /// <summary>The body of a CreateFunction that succeeds, with more members, or others.</summary>
    public static string Body(string name = "f", string more = "", byte[]? zip = null) =>
        $$"""{"FunctionName":"{{name}}","Role":"{{Role}}","Runtime":"provided.al2023","Handler":"h","""
        + $$"""
        "Code":{"ZipFile":"{{Base64(zip ?? Zip())}}"}{{(more.Length > 0 ? "," : "")}}{{more}}}
        """;

    public Task<ServiceReply> CreateAsync(string name = "f", string more = "", byte[]? zip = null) =>
        CallAsync("POST", "/2015-03-31/functions", Body(name, more, zip));

    /// <summary>Creates a function and makes it good.</summary>
    public async Task<ServiceReply> ActiveAsync(string name = "f", string more = "", byte[]? zip = null)
    {
        var reply = (await CreateAsync(name, more, zip)).Succeeded(201);
        await DeployAsync();
        return reply;
    }

    public Task<ServiceReply> GetAsync(string target) => CallAsync("GET", target);

    public Task<ServiceReply> ConfigureAsync(string name, string body) =>
        CallAsync("PUT", $"/2015-03-31/functions/{name}/configuration", body);

    public Task<ServiceReply> UploadAsync(string name, byte[] zip, string more = "") =>
        CallAsync("PUT", $"/2015-03-31/functions/{name}/code", $$"""{"ZipFile":"{{Base64(zip)}}"{{more}}}""");

    public async Task<ServiceReply> CallAsync(string method, string target, string body = "", string host = "thaw.test:9000")
    {
        var http = new DefaultHttpContext();
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        var (path, query) = target.Split('?', 2) is [var before, var behind] ? (before, "?" + behind) : (target, "");
        var bytes = Encoding.UTF8.GetBytes(body);
        (request.Method, request.RawTarget, request.Path, request.QueryString) = (method, target, Uri.UnescapeDataString(path), query);
        (request.Scheme, request.Body, http.Request.ContentLength) = ("http", new MemoryStream(bytes), bytes.Length);
        http.Request.Host = new HostString(host);
        var answer = new MemoryStream();
        http.Response.Body = answer;
        await (CodeLocations.IsFor(path) ? locations.ServeAsync(http) : service.ServeAsync(http));
        return new ServiceReply(http.Response.StatusCode, http.Response.Headers["x-amzn-ErrorType"].ToString(), answer.ToArray());
    }

    /// <summary>What becomes of snapshots: a test says it.</summary>
    public FakeSnapshots Snapshots { get; } = new();

    /// <summary>What has been invoked since the daemon's start.</summary>
    public LambdaMetrics Metrics { get; private set; } = new(new EventBatches(TimeProvider.System));

    /// <summary>The versions whose environments ended because nobody had invoked them.</summary>
    public List<VersionId> SentToSleep { get; } = [];

    /// <summary>What the daemon does about versions with SnapStart, as if it had just started. It does nothing by itself.</summary>
    public SnapStartVersions NewSnapStarts()
    {
        Metrics = new(new EventBatches(TimeProvider.System));
        return new(Store, plans, Snapshots, Metrics, SentToSleep.Add, Time, World.NewRevision, Notices.Add);
    }

    /// <summary>Makes good all that waits for it.</summary>
    public async Task DeployAsync()
    {
        deployer ??= Started(new Deployer(Store, plans, Snapshots, Time, World.NewRevision, Notices.Add));
        while (await Store.ReadAsync(view => view.List(Tables.Functions, "").SelectMany(one => view.List(Tables.Versions, one.Name)).Any(
            version => version.State == "Pending" || version.LastUpdateStatus == "InProgress")))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What operations do from now on waits.</summary>
    public async Task StopDeployingAsync()
    {
        if (deployer is not null)
            await deployer.DisposeAsync();
        deployer = null;
    }

    public Task<VersionRecord?> StoredAsync(string name, string version = VersionRecord.Latest) =>
        Store.ReadAsync(view => view.Find(Tables.Versions, Tables.VersionKey(name, version)));

    public async ValueTask DisposeAsync()
    {
        await StopDeployingAsync();
        Deployed.Dispose();
        await Store.DisposeAsync();
        folder.Dispose();
    }

    private static Deployer Started(Deployer deployer)
    {
        deployer.Start();
        return deployer;
    }
}
