using System.Net;
using System.Net.Sockets;
using System.Text;
using Thaw.Contracts;
using Thaw.EnvironmentApis;
using Thaw.EnvironmentApis.CredentialsApi;
using Thaw.Lifecycle;
using Thaw.Testing;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>One environment behind a real server: a real lifecycle with fake processes and clock; the participants speak HTTP.</summary>
public sealed class ApiStage : IAsyncDisposable
{
    private readonly EnvironmentApiServer server;
    private readonly Socket listener;
    private readonly HttpClient http;
    private readonly Way way;

    private ApiStage(Stage stage, EnvironmentApiServer server, RecordedLog log, bool hasExtensions, Way way)
    {
        (Stage, this.server, Log, this.way) = (stage, server, log, way);
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4096);
        http = new HttpClient { BaseAddress = new Uri($"http://{listener.LocalEndPoint}/2018-06-01/"), Timeout = Patience };
        if (way == Way.Kestrel)
            http.DefaultRequestHeaders.TryAddWithoutValidation("TE", "trailers");
        Environment = new EnvironmentDescriptor
        {
            Lifecycle = stage.Lifecycle,
            Function = stage.Settings.Function,
            Keys = stage.Settings.InitializationType == InitializationType.SnapStart ? NewKeys(stage.Time) : null,
            HasExtensions = hasExtensions,
            MetadataToken = MetadataToken,
            ApiPort = ((IPEndPoint)listener.LocalEndPoint!).Port,
        };
        Endpoint = server.Serve(listener, Environment);
    }

    public const string MetadataToken = "LETMEIN";

    public const string KeysToken = "3b1c-keys";

    /// <summary>How long a test waits for what must come; only a failure takes this long.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public Stage Stage { get; }

    public RecordedLog Log { get; }

    public EnvironmentDescriptor Environment { get; }

    public EnvironmentEndpoint Endpoint { get; private set; }

    public string Id { get; private set; } = "none";

    private static LentKeys NewKeys(TimeProvider time)
    {
        var random = new Random(1);
        return new LentKeys(KeysToken, () => TemporaryKeys.Synthetic(random), time);
    }

    public static async Task<ApiStage> StartAsync(
        string[]? extensions = null, InitializationType type = InitializationType.OnDemand, bool hasExtensions = true, Way way = Way.Any)
    {
        var log = new RecordedLog();
        var server = new EnvironmentApiServer(log, TimeProvider.System);
        await server.StartAsync(CancellationToken.None);
        return new ApiStage(new Stage(extensions, type), server, log, hasExtensions, way);
    }

    /// <summary>The same, with Init done: a runtime is parked in next.</summary>
    public static async Task<(ApiStage Stage, Task<HttpAnswer> Next)> StartReadyAsync(Way way = Way.Any)
    {
        var stage = await StartAsync(way: way);
        var init = stage.Stage.Lifecycle.InitAsync();
        var next = stage.NextAsync();
        await init.WaitAsync(Patience);
        return (stage, next);
    }

    /// <summary>The same, with an invocation that the runtime has received.</summary>
    public static async Task<(ApiStage Stage, Running Running)> StartRunningAsync(Way way = Way.Any)
    {
        var (stage, next) = await StartReadyAsync(way);
        var running = stage.Invoke();
        await next;
        return (stage, running);
    }

    /// <summary>Dispatches an invocation.</summary>
    public Running Invoke(Func<Invocation, Invocation>? with = null, string @event = "{}")
    {
        var response = new RecordedResponse();
        var invocation = Stage.NewInvocation(@event, response);
        invocation = with?.Invoke(invocation) ?? invocation;
        Id = invocation.RequestId.Value;
        return new Running(invocation, response, Stage.Lifecycle.InvokeAsync(invocation));
    }

    // --- what participants send ------------------------------------------------------------------------------------------------

    public Task<HttpAnswer> NextAsync() => SendAsync("GET", "runtime/invocation/next");

    public Task<HttpAnswer> RespondAsync(string body = "\"ok\"", params (string Name, string Value)[] headers) =>
        PostAsync($"runtime/invocation/{Id}/response", body, headers);

    public Task<HttpAnswer> FailAsync(string body = "{}", params (string Name, string Value)[] headers) =>
        PostAsync($"runtime/invocation/{Id}/error", body, headers);

    public Task<HttpAnswer> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync("POST", path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), headers);

    public Task<HttpAnswer> RegisterAsync(
        string name, string body = """{"events":["INVOKE"]}""", params (string Name, string Value)[] headers) =>
        PostAsync("/2020-01-01/extension/register", body, [("Lambda-Extension-Name", name), .. headers]);

    public Task<HttpAnswer> EventNextAsync(string? identifier) => SendAsync(
        "GET", "/2020-01-01/extension/event/next", null, identifier is null ? [] : [("Lambda-Extension-Identifier", identifier)]);

    public async Task<HttpAnswer> SendAsync(
        string method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                body!.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        return await HttpAnswer.ReadAsync(response);
    }

    public async Task<RawConnection> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.LocalEndPoint!);
        var connection = new RawConnection(socket);
        if (way == Way.Kestrel)
        {
            await connection.SendAsync("GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n");
            await connection.AnswerAsync();
        }

        return connection;
    }

    /// <summary>Serves another environment on the same listener.</summary>
    public async Task<Stage> ReplaceEnvironmentAsync()
    {
        await Endpoint.DisposeAsync();
        var successor = new Stage();
        Endpoint = server.Serve(listener, Environment with { Lifecycle = successor.Lifecycle });
        return successor;
    }

    public static async Task Eventually(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(1, patience.Token);
    }

    /// <summary>No test may leave a line in the log: whatever participants do is none of the operator's business.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        listener.Dispose();
        Assert.True(Log.Lines.Count == 0, string.Join("\n", Log.Lines));
    }

    public sealed record Running(Invocation Invocation, RecordedResponse Response, Task<PhaseOutcome> Done);
}
