using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

public sealed class Traces_of_invocations
{
    private const string Header = "Root=1-5e9d0a1a-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1";

    [Fact]
    public async Task Reach_a_collector_under_the_callers_trace()
    {
        using var collector = new Collector();
        using var functions = new FunctionsFolder().Workers("worker");
        functions.With("worker", "thaw.json", new JsonObject
        {
            ["Runtime"] = "nodejs20.x",
            ["Layers"] = new JsonArray(Path.Combine(Path.GetDirectoryName(ThawProgram.Sample("hello-node"))!, "layers/lifecycle-logger")),
        }.ToJsonString());
        await using var daemon = await RunningDaemon.StartWithAsync(functions, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        });

        await daemon.InvokeAsync("worker", "{}", ("X-Amzn-Trace-Id", Header));
        await daemon.UntilAsync(() => collector.Spans.Length >= 5, "the first trace is there");
        Assert.Equal(["worker", "queue", "Init", "Invoke", "extensionOverhead"], collector.Spans.Select(Name));
        Assert.All(collector.Spans, span => Assert.Equal("5e9d0a1a0123456789abcdef01234567", span.GetProperty("traceId").GetString()));
        var server = collector.Spans[0];
        Assert.Equal("53995c3f42cd8ad8", server.GetProperty("parentSpanId").GetString());
        Assert.All(collector.Spans.Skip(1),
            span => Assert.Equal(server.GetProperty("spanId").GetString(), span.GetProperty("parentSpanId").GetString()));

        // A caller without a trace begins one; it has no parent.
        await daemon.InvokeAsync("worker");
        await daemon.UntilAsync(() => collector.Spans.Length >= 9, "the second trace is there");
        Assert.Equal(["worker", "queue", "Invoke", "extensionOverhead"], collector.Spans.Skip(5).Select(Name));
        Assert.False(collector.Spans[5].TryGetProperty("parentSpanId", out _));
    }

    private static string? Name(JsonElement span) => span.GetProperty("name").GetString();

    /// <summary>Keeps what it is sent.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly List<JsonElement> spans = [];

        public Collector()
        {
            Address = $"http://127.0.0.1:{FreePort()}";
            listener.Prefixes.Add(Address + "/");
            listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public JsonElement[] Spans
        {
            get
            {
                lock (spans)
                    return [.. spans];
            }
        }

        public void Dispose() => listener.Close();

        private static int FreePort()
        {
            using var socket = new TcpListener(IPAddress.Loopback, 0);
            socket.Start();
            return ((IPEndPoint)socket.LocalEndpoint).Port;
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                HttpListenerContext call;
                try
                {
                    call = await listener.GetContextAsync();
                }
                catch (Exception) when (!listener.IsListening)
                {
                    return;
                }

                using (var json = await JsonDocument.ParseAsync(call.Request.InputStream))
                {
                    var scopes = json.RootElement.GetProperty("resourceSpans")[0].GetProperty("scopeSpans");
                    lock (spans)
                        spans.AddRange(scopes[0].GetProperty("spans").EnumerateArray().Select(span => span.Clone()));
                }

                call.Response.StatusCode = call.Request.Url!.AbsolutePath == "/v1/traces" ? 200 : 404;
                call.Response.Close();
            }
        }
    }
}
