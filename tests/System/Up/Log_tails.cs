using System.Text;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>The end of the log that a caller gets is its own invocation's: all of it, and nothing else.</summary>
public sealed class Log_tails
{
    // Says whose event it has had, when that one's runtime is done for long, and asks for the next event in the same breath.
    private const string Extension = """
        #!/usr/bin/python3
        import http.client, json, os, time
        link = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        api = "/2020-01-01/extension"
        link.request("POST", f"{api}/register", '{"events":["INVOKE"]}', {"Lambda-Extension-Name": "late"})
        answer = link.getresponse()
        answer.read()
        me = {"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}
        while True:
            link.request("GET", f"{api}/event/next", headers=me)
            event = json.loads(link.getresponse().read())
            time.sleep(0.02)
            os.write(1, f"late {event['requestId']}\n".encode())
        """;

    [Fact]
    public async Task Have_what_an_extension_writes_last()
    {
        using var functions = new FunctionsFolder().Workers("worker").With("worker", "layer/extensions/late", Extension);
        File.SetUnixFileMode(functions["worker", "layer/extensions/late"], OpenFiles.Program);
        var description = File.ReadAllText(functions["worker", "thaw.json"]);
        functions.With("worker", "thaw.json", "{\"Layers\":[\"layer\"]," + description.TrimStart()[1..]);
        await using var daemon = await RunningDaemon.StartAsync(functions);

        for (var call = 0; call < 100; call++)
        {
            var answer = await TailAsync(daemon, "{}");
            Assert.Equal([$"late {answer.Id}"], answer.Tail.Where(line => line.StartsWith("late", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Are_kept_apart_when_callers_choose_the_same_request_id()
    {
        using var functions = new FunctionsFolder().Workers("worker");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        for (var round = 0; round < 10; round++)
        {
            var id = $"{Guid.NewGuid()}";
            await Task.WhenAll(Enumerable.Range(0, 6).Select(async caller =>
            {
                var answer = await TailAsync(daemon, $$"""{"line":"of caller {{caller}}","ms":{{30 * (caller % 3)}}}""", id);
                Assert.EndsWith($"of caller {caller}", Assert.Single(answer.Tail, line => line.Contains("of caller")));
                Assert.Contains(answer.Tail, line => line.StartsWith("REPORT", StringComparison.Ordinal));
            }));
        }
    }

    private static async Task<(string Id, string[] Tail)> TailAsync(RunningDaemon daemon, string json, string? id = null)
    {
        (string, string)[] headers = id is null ? [("X-Amz-Log-Type", "Tail")] : [("X-Amz-Log-Type", "Tail"), ("x-amzn-RequestId", id)];
        var answer = (await daemon.InvokeAsync("worker", json, headers)).Succeeded();
        var tail = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Header("X-Amz-Log-Result")!));
        return (answer.Json.GetProperty("id").GetString()!, tail.Split('\n'));
    }
}
