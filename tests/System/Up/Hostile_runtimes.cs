namespace Thaw.SystemTests.Up;

/// <summary>
/// Runtimes that misbehave on their API port. Theirs is the only invoke that may fail: another function answers meanwhile as ever.
/// </summary>
public sealed class Hostile_runtimes(Hostile_runtimes.Daemon shared) : IClassFixture<Hostile_runtimes.Daemon>
{
    // What all of them need. Each then does its mischief at its first event, and is decent otherwise.
    private const string Runtime = """
        #!/usr/bin/python3
        import http.client, json, os, socket, sys, threading
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        api = "/2018-06-01/runtime/invocation"
        def link():
            return http.client.HTTPConnection(host, int(port), timeout=30)
        def raw(data, wait=True):
            with socket.create_connection((host, int(port)), 30) as s:
                s.sendall(data)
                return s.recv(65536) if wait else b""
        def call(method, path, body=None, headers={}):
            c = link()
            c.request(method, path, body, headers)
            a = c.getresponse()
            a.read()
            c.close()
            return a.status
        def answer(id, body): return call("POST", f"{api}/{id}/response", json.dumps(body))
        MISCHIEF
        runtime = link()
        while True:
            runtime.request("GET", f"{api}/next")
            got = runtime.getresponse()
            event, id = json.loads(got.read()), got.headers["Lambda-Runtime-Aws-Request-Id"]
            if event.get("how") == "mischief": mischief(id)
            else: answer(id, event)
        """;

    private static readonly Dictionary<string, string> Mischief = new()
    {
        ["garbage"] = """
            def mischief(id):
                for noise in (b"\0" * 1000, b"GET\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", os.urandom(100_000), b"POST " + b"/" * 2_000_000):
                    try: raw(noise + b"\r\n\r\n")
                    except OSError: pass
                answer(id, "survived")
            """,
        ["twice"] = """
            def mischief(id):
                first = answer(id, "first")
                print("statuses", first, answer(id, "second"), call("POST", f"{api}/{id}/error", "{}"), flush=True)
            """,
        ["stranger"] = """
            def mischief(id):
                other = "00000000-0000-0000-0000-000000000000"
                print("statuses", answer(other, "lie"), call("POST", f"{api}/{other}/error", "{}"), flush=True)
                answer(id, "truth")
            """,
        ["crowd"] = """
            def mischief(id):
                held = []
                for _ in range(1000):
                    try:
                        s = socket.create_connection((host, int(port)), 30)
                        s.sendall(f"GET {api}/next HTTP/1.1\r\nHost: a\r\n".encode())
                        held.append(s)
                    except OSError: break
                print("held", len(held), flush=True)
                c = runtime
                c.request("POST", f"{api}/{id}/response", '"answered"')
                c.getresponse().read()
                for s in held: s.close()
            """,
        ["flood"] = """
            def mischief(id):
                statuses = []
                def flood(n):
                    c = link()
                    for i in range(300):
                        c.request(*(
                            ("POST", "/2020-01-01/extension/register", '{"events":[]}', {"Lambda-Extension-Name": f"x{n}-{i}"}),
                            ("GET", "/2020-01-01/extension/event/next", None, {"Lambda-Extension-Identifier": "no"}),
                            ("POST", "/2020-01-01/extension/init/error", "x" * 10_000, {}))[i % 3])
                        a = c.getresponse()
                        a.read()
                        statuses.append(a.status)
                threads = [threading.Thread(target=flood, args=(n,)) for n in range(8)]
                for t in threads: t.start()
                for t in threads: t.join()
                print("statuses", sorted(set(statuses)), flush=True)
                answer(id, len(statuses))
            """,
        ["mute"] = """
            def mischief(id):
                runtime.request("GET", f"{api}/next")
                runtime.getresponse().read()
                threading.Event().wait()
            """,
        ["half"] = """
            def mischief(id):
                raw(f"POST {api}/{id}/response HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n[1".encode(), wait=False)
            """,
    };

    private readonly RunningDaemon daemon = shared.Running;

    [Fact]
    public async Task That_send_garbage_may_answer_after_it() =>
        Assert.Equal("\"survived\"", (await AmongOthersAsync("garbage")).Succeeded().Text);

    [Fact]
    public async Task That_answer_twice_are_believed_once()
    {
        Assert.Equal("\"first\"", (await AmongOthersAsync("twice")).Succeeded().Text);
        await daemon.SaysAsync("twice: statuses 202 403 403");
    }

    [Fact]
    public async Task That_answer_for_another_are_not_believed()
    {
        Assert.Equal("\"truth\"", (await AmongOthersAsync("stranger")).Succeeded().Text);
        await daemon.SaysAsync("stranger: statuses 400 400");
    }

    [Fact]
    public async Task That_open_a_thousand_connections_take_none_of_others()
    {
        var before = daemon.Descriptors;
        Assert.Equal("\"answered\"", (await AmongOthersAsync("crowd")).Succeeded().Text);
        await daemon.UntilAsync(() => daemon.Descriptors < before + 100, "the connections are closed");
    }

    [Fact]
    public async Task That_flood_the_extension_API_get_refusals_and_may_answer()
    {
        Assert.Equal("2400", (await AmongOthersAsync("flood")).Succeeded().Text);
        await daemon.SaysAsync("flood: statuses [403");
    }

    [Fact]
    public async Task That_take_their_event_again_and_say_nothing_time_out() =>
        (await AmongOthersAsync("mute")).FailedWith("Sandbox.Timedout", "Task timed out after 3.00 seconds$");

    [Fact]
    public async Task That_stop_in_the_middle_of_an_answer_have_answered_that() =>
        (await AmongOthersAsync("half")).FailedWith("Runtime.TruncatedResponse", "");

    /// <summary>The function's own invoke, and what it is worth afterwards, while another function is called without pause.</summary>
    private async Task<Answer> AmongOthersAsync(string function)
    {
        (await daemon.InvokeAsync("decent", "[0]")).Succeeded();
        var mischief = daemon.InvokeAsync(function, """{"how":"mischief"}""");
        var calls = 0;
        do
        {
            var other = (await daemon.InvokeAsync("decent", $"[{++calls}]")).Succeeded();
            Assert.Equal($"[{calls}]", other.Json.GetProperty("event").GetRawText());
        }
        while (!mischief.IsCompleted || calls < 20);

        var answer = await mischief;
        Assert.Equal("{\"a\": 1}", (await daemon.InvokeAsync(function, """{"a":1}""")).Succeeded().Text);
        return answer;
    }

    /// <summary>One daemon with all of them, and a decent one.</summary>
    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new FunctionsFolder().Workers("decent");

        internal RunningDaemon Running { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            foreach (var (name, source) in Mischief)
                functions.Bootstrap(name, Runtime.Replace("MISCHIEF", source, StringComparison.Ordinal), name == "mute" ? 3 : 60);
            Running = await RunningDaemon.StartAsync(functions);
        }

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            functions.Dispose();
        }
    }
}
