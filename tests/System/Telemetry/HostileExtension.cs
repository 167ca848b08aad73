namespace Thaw.SystemTests.Telemetry;

/// <summary>An extension that subscribes, and whose listener then treats each delivery as the test says.</summary>
internal static class HostileExtension
{
    /// <summary>The deeds of a listener, by what is wrong with it. Each has a connection, <c>c</c>, and may never return.</summary>
    public static IReadOnlyDictionary<string, string> Deeds { get; } = new Dictionary<string, string>
    {
        ["good"] = """
            while True:
                request(c)
                c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            """,
        ["answers 500"] = """
            while True:
                request(c)
                c.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
            """,
        ["closes at once"] = "c.close()",
        ["closes mid-body"] = """
            c.recv(1)
            c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nno")
            c.close()
            """,
        ["sends garbage"] = """
            while True: c.sendall(os.urandom(65536))
            """,
        ["hangs"] = "time.sleep(1000)",
        ["is not there"] = "os.close(l.fileno())",
    };

    public static string Source(string kind) => Program.Replace("DEEDS", Indented(Deeds[kind]), StringComparison.Ordinal)
        .Replace("CLOSED", kind == "is not there" ? "l.close()" : "", StringComparison.Ordinal);

    private static string Indented(string deeds) => string.Join('\n', deeds.Split('\n').Select(line => $"        {line}"));

    private const string Program = """
        #!/usr/bin/python3
        import http.client, json, os, socket, threading, time
        name = os.path.basename(__file__)
        l = socket.create_server(("127.0.0.1", 0))
        port = l.getsockname()[1]
        def request(c):
            got = b""
            while b"\r\n\r\n" not in got:
                more = c.recv(65536)
                if not more: raise EOFError
                got += more
            head, body = got.split(b"\r\n\r\n", 1)
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            while len(body) < length: body += c.recv(1 << 20)
        def serve(c):
            try:
        DEEDS
            except (OSError, EOFError): pass
        def accept():
            while True:
                c, _ = l.accept()
                threading.Thread(target=serve, args=[c], daemon=True).start()
        CLOSED
        if l.fileno() >= 0: threading.Thread(target=accept, daemon=True).start()
        platform = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        def call(method, path, body=None, **headers):
            platform.request(method, path, body, headers)
            answer = platform.getresponse()
            answer.read()
            if answer.status != 200: raise RuntimeError(answer.status)
            return answer.headers
        got = call("POST", "/2020-01-01/extension/register", '{"events":[]}', **{"Lambda-Extension-Name": name})
        me = {"Lambda-Extension-Identifier": got["Lambda-Extension-Identifier"]}
        call("PUT", "/2022-07-01/telemetry", json.dumps({
            "types": ["platform", "function"], "buffering": {"timeoutMs": 25},
            "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{port}/"}}), **me)
        call("GET", "/2020-01-01/extension/event/next", **me)
        """;
}
