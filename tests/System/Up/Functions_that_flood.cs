using System.Diagnostics;

namespace Thaw.SystemTests.Up;

/// <summary>
/// What a function sends without end, on whatever way: it keeps none of the daemon's threads for itself, and others are served meanwhile.
/// </summary>
[Trait("Needs", "time")]
public sealed class Functions_that_flood
{
    private const int Seconds = 5;

    // Far more than a share of this machine takes, and less than the flood.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, string> Floods = new()
    {
        ["output"] = """
            def flood():
                os.dup2(1, 2)
                os.execvp("yes", ["yes"])
            """,
        ["requests"] = """
            def flood():
                s = socket.create_connection((host, int(port)))
                threading.Thread(target=lambda: [None for _ in iter(lambda: s.recv(1 << 20), b"")], daemon=True).start()
                while True: s.sendall(b"GET /2018-06-01/ping HTTP/1.1\r\nHost: a\r\n\r\n" * 2000)
            """,
        ["polls"] = """
            def flood():
                s = socket.create_connection((host, int(port)))
                threading.Thread(target=lambda: [None for _ in iter(lambda: s.recv(1 << 20), b"")], daemon=True).start()
                while True: s.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n" * 2000)
            """,
        ["connections"] = """
            def flood():
                gone = struct.pack("ii", 1, 0)
                while True:
                    s = socket.socket()
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
                    s.setblocking(False)
                    s.connect_ex((host, int(port)))
                    s.close()
            """,
    };

    private const string Runtime = """
        #!/usr/bin/python3
        import http.client, os, signal, socket, struct, sys, threading, time
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        FLOOD
        api = "/2018-06-01/runtime/invocation"
        link = http.client.HTTPConnection(host, int(port), timeout=30)
        while True:
            link.request("GET", f"{api}/next")
            got = link.getresponse()
            got.read()
            floods = []
            for _ in range(2):
                floods.append(os.fork())
                if floods[-1] == 0: flood()
            time.sleep(SECONDS)
            for one in floods: os.kill(one, signal.SIGKILL)
            link.request("POST", f"{api}/{got.headers['Lambda-Runtime-Aws-Request-Id']}/response", "1")
            link.getresponse().read()
        """;

    [Theory, InlineData("output"), InlineData("requests"), InlineData("polls"), InlineData("connections")]
    public async Task Keep_no_other_from_its_answer(string kind)
    {
        var source = Runtime.Replace("FLOOD", Floods[kind], StringComparison.Ordinal)
            .Replace("SECONDS", $"{Seconds}", StringComparison.Ordinal);
        using var functions = new FunctionsFolder().Workers("decent").Bootstrap("flood", source);
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("decent")).Succeeded();

        var flooding = daemon.InvokeAsync("flood");
        while (!flooding.IsCompleted)
        {
            // Each by a connection of its own, so that each thread that serves sockets has some.
            var began = Stopwatch.GetTimestamp();
            (await RawCall.AnswerAsync(daemon, "POST /2015-03-31/functions/decent/invocations HTTP/1.1", "{}")).Succeeded();
            Assert.True(Stopwatch.GetElapsedTime(began) < Soon, $"It took {Stopwatch.GetElapsedTime(began)}");
        }

        Assert.Equal("1", (await flooding).Succeeded().Text);
    }
}
