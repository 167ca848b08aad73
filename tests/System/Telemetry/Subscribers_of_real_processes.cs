using System.Diagnostics;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Telemetry;

public sealed class Subscribers_of_real_processes
{
    /// <summary>As those of vendors: it is done with an invocation when it has its <c>platform.runtimeDone</c>.</summary>
    private const string AwaitsRuntimeDone = """
        #!/usr/bin/python3
        import http.client, http.server, json, os, queue, threading
        name, done = os.path.basename(__file__), queue.Queue()
        class Listener(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                for event in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
                    if event["type"] == "platform.runtimeDone": done.put(event["record"]["requestId"])
                self.send_response(200)
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        platform = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        def call(method, path, body=None, **headers):
            platform.request(method, path, body, headers)
            answer = platform.getresponse()
            return answer.headers, json.loads(answer.read())
        got, _ = call("POST", "/2020-01-01/extension/register", '{"events":["INVOKE","SHUTDOWN"]}', **{"Lambda-Extension-Name": name})
        me = {"Lambda-Extension-Identifier": got["Lambda-Extension-Identifier"]}
        call("PUT", "/2022-07-01/telemetry", json.dumps({
            "types": ["platform"], "buffering": {"timeoutMs": 25},
            "destination": {"protocol": "HTTP", "URI": f"http://sandbox:{server.server_address[1]}/"}}), **me)
        while True:
            _, event = call("GET", "/2020-01-01/extension/event/next", **me)
            if event["eventType"] == "SHUTDOWN": break
            while done.get() != event["requestId"]: pass
            print("done with", event["requestId"], flush=True)
        """;

    [Fact, Trait("Spec", "ENV-094")]
    public async Task May_wait_for_the_end_of_the_runtimes_work_before_they_ask_for_more()
    {
        using var function = WrittenFunction.Node("export const handler = async () => 'ok';")
            .WithProgram("layer/extensions/vendor", AwaitsRuntimeDone);
        var began = Stopwatch.GetTimestamp();
        var run = await ThawRun.OfAsync(function.Folder, "--layer", function["layer"], "--repeat", "3", "--timeout", "60");

        Assert.Equal(["\"ok\"", "\"ok\"", "\"ok\""], run.Answers);
        Assert.Equal(3, run.Log.Count(line => line.StartsWith("done with ", StringComparison.Ordinal)));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 50);
    }
}
