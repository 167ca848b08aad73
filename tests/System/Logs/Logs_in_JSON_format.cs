using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Logs;

/// <summary>Logs of functions whose <c>LogFormat</c> is JSON, as readers get them.</summary>
public sealed class Logs_in_JSON_format
{
    [Fact, Trait("Spec", "API-075"), Trait("Spec", "ENV-112")]
    public async Task Are_records_one_an_event_and_a_line_of_the_tail()
    {
        using var functions = Functions("INFO");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var answer = (await daemon.InvokeAsync("worker", """{"line":"hello"}""", ("X-Amz-Log-Type", "Tail"))).Succeeded();
        var tail = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Header("X-Amz-Log-Result")!)).TrimEnd('\n').Split('\n');
        Assert.Equal(["platform.start", "hello", "platform.report"], tail[^3..].Select(What));

        var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "worker", "--json");
        var events = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(tail[^3..], events.TakeLast(3).Select(one => one.GetProperty("message").GetString()!.TrimEnd('\n')));
        Assert.All(events.Where(one => one.GetProperty("source").ValueEquals("platform")),
            one => Assert.EndsWith("}", one.GetProperty("message").GetString(), StringComparison.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-113")]
    public async Task Tell_what_belongs_to_a_request_when_its_start_is_filtered_out()
    {
        using var functions = Functions("WARN");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("worker", """{"line":"of another"}""")).Succeeded();
        var id = (await daemon.InvokeAsync("worker", """{"line":"hello"}""")).Succeeded().Header("x-amzn-RequestId")!;
        var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "worker", "--request-id", id);
        Assert.Equal("hello", What(Assert.Single(lines)));
    }

    private static FunctionsFolder Functions(string systemLevel)
    {
        var functions = new FunctionsFolder().Workers("worker");
        var described = JsonNode.Parse(File.ReadAllText(functions["worker", "thaw.json"]))!;
        described["LoggingConfig"] = new JsonObject { ["LogFormat"] = "JSON", ["SystemLogLevel"] = systemLevel };
        return functions.With("worker", "thaw.json", described.ToJsonString());
    }

    // The type of a platform's record, or the message of a function's.
    private static string What(string line)
    {
        var record = JsonDocument.Parse(line).RootElement;
        return record.TryGetProperty("type", out var type) ? type.GetString()! : record.GetProperty("message").GetString()!;
    }
}
