using System.Text.Json;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Telemetry;

/// <summary>
/// Extensions that subscribe before a snapshot. What became of the original they hear before it is taken, once, so that all clones
/// remember it; what becomes of a clone, only the one in it hears.
/// </summary>
public sealed class Subscribers_in_clones : IAsyncDisposable
{
    private const int Clones = 2;

    /// <summary>Writes down what it hears. It ends no connection.</summary>
    private const string Subscriber = """
        #!/usr/bin/python3
        import http.client, http.server, json, os, socketserver, threading
        name, http11 = os.path.basename(__file__), os.environ["PROTOCOL"] == "HTTP"
        def write(events):
            with open("/tmp/heard", "a") as heard: heard.writelines(json.dumps(event) + "\n" for event in events)
        class Posts(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                write(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
            def log_message(self, *_): pass
        class Lines(socketserver.StreamRequestHandler):
            def handle(self):
                for line in self.rfile: write([json.loads(line)])
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Posts if http11 else Lines)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        platform = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        def call(method, path, body=None, **headers):
            platform.request(method, path, body, headers)
            answer = platform.getresponse()
            return answer.headers, json.loads(answer.read())
        got, _ = call("POST", "/2020-01-01/extension/register", '{"events":["INVOKE"]}', **{"Lambda-Extension-Name": name})
        me = {"Lambda-Extension-Identifier": got["Lambda-Extension-Identifier"]}
        call("PUT", "/2022-07-01/telemetry", json.dumps({
            "types": ["platform", "function"], "buffering": {"timeoutMs": int(os.environ["TIMEOUT_MS"])},
            "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{port}/"} if http11
                else {"protocol": "TCP", "port": port}}), **me)
        while True: call("GET", "/2020-01-01/extension/event/next", **me)
        """;

    /// <summary>Long enough for a connection to its listener, which then stays.</summary>
    private const string Init = "import json, time; print('a line of Init', flush=True); time.sleep(0.5)\n";

    /// <summary>Answers with what was heard, as soon as that is so of its own beginning.</summary>
    private const string Function = Init + """
        def handler(event, context):
            print("a line of", context.aws_request_id, flush=True)
            time.sleep(event["seconds"])
            until = time.monotonic() + 30
            while True:
                heard = [json.loads(line) for line in open("/tmp/heard")]
                if any(one["type"] == "function" and context.aws_request_id in one["record"] for one in heard): break
                if time.monotonic() > until: break
                time.sleep(0.01)
            return {"id": context.aws_request_id, "heard": heard}
        """;

    private static readonly string[] OfInit =
        ["initStart", "telemetrySubscription", "function: a line of Init", "extension", "initRuntimeDone", "initReport"];

    private readonly FunctionsFolder functions = new();
    private RunningDaemon? daemon;

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Theory, Trait("Spec", "ENV-094"), Trait("Spec", "ENV-121")]
    [InlineData("HTTP", 100), InlineData("TCP", 100)]
    public async Task Hear_of_their_own_clone_and_remember_what_became_of_the_original(string protocol, int timeoutMs)
    {
        await PublishAsync(Subscriber, $$"""{"PROTOCOL":"{{protocol}}","TIMEOUT_MS":"{{timeoutMs}}"}""");
        var first = await InvokedAsync(seconds: 2);
        await daemon!.RestsAsync("f");
        var second = await InvokedAsync(seconds: 2);

        Assert.Equal(Clones, (await daemon.EnvironmentsAsync("f")).Length);
        foreach (var (id, heard) in second)
        {
            var before = first.Single(one => heard.Any(record => record.Contains(one.Id, StringComparison.Ordinal))).Id;
            Assert.Equal(OfInit.Order(), heard.Take(OfInit.Length).Order());
            Assert.Equal(
                [
                    "restoreStart", "telemetrySubscription", "restoreRuntimeDone", "restoreReport",
                    $"start {before}", $"function: a line of {before}", $"runtimeDone {before}", $"report {before}",
                    $"start {id}", $"function: a line of {id}",
                ],
                heard.Skip(OfInit.Length));
        }
    }

    [Theory, Trait("Spec", "ENV-097")]
    [InlineData("hangs"), InlineData("sends garbage")]
    public async Task Cannot_keep_a_version_from_being_made(string kind)
    {
        await PublishAsync(HostileExtension.Source(kind), "{}", Init + "def handler(event, context): return 'ok'");
        Assert.Equal("\"ok\"", (await daemon!.InvokeAsync("f:1")).Succeeded().Text);
        Assert.DoesNotContain("could not be restored", daemon.Said, StringComparison.Ordinal);
    }

    private async Task PublishAsync(string extension, string variables, string function = Function)
    {
        SnapStartCalls.SkipWithoutSnapshots();
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces");
        using var layer = new WrittenFunction().WithProgram("extensions/subscriber", extension);
        var content = $"{{\"ZipFile\":\"{Convert.ToBase64String(CreatedFunctions.Zip(layer.Folder))}\"}}";
        var made = await daemon.CallAsync(HttpMethod.Post, "/2018-10-31/layers/subscriber/versions", $"{{\"Content\":{content}}}");
        Assert.Equal(201, made.Status);
        await daemon.CreateReadyAsync(
            "f",
            CreatedFunctions.Zip("app.py", function),
            $$""","SnapStart":{"ApplyOn":"PublishedVersions"},"MemorySize":512,"Layers":["{{made.Member("LayerVersionArn")}}"]"""
                + $",\"Environment\":{{\"Variables\":{variables}}}",
            "python3.12",
            "app.handler");
        await daemon.PublishedAsync("f");
    }

    /// <summary>As many at once as there are clones to be.</summary>
    private async Task<IReadOnlyList<(string Id, string[] Heard)>> InvokedAsync(int seconds) =>
        await Task.WhenAll(Enumerable.Range(0, Clones).Select(async _ =>
        {
            var told = (await daemon!.InvokeAsync("f:1", $$"""{"seconds":{{seconds}}}""")).Succeeded().Json;
            return (told.GetProperty("id").GetString()!, told.GetProperty("heard").EnumerateArray().Select(Told).ToArray());
        }));

    private static string Told(JsonElement heard)
    {
        var (type, record) = (heard.GetProperty("type").GetString()!.Replace("platform.", ""), heard.GetProperty("record"));
        return record.ValueKind == JsonValueKind.String ? $"{type}: {record.GetString()!.TrimEnd()}"
            : record.TryGetProperty("requestId", out var id) ? $"{type} {id}"
            : type;
    }
}
