using System.Text.Json;
using Thaw.SystemTests.Up;
using Thaw.Testing;

namespace Thaw.SystemTests.Logs;

/// <summary>What the store has of a cold start, as CloudWatch Logs' clients get it.</summary>
public sealed class Logs_of_init
{
    // Registers and asks for events until it is killed.
    private const string Extension = """
        #!/usr/bin/python3
        import http.client, os
        link = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        link.request("POST", "/2020-01-01/extension/register", '{"events":["INVOKE"]}', {"Lambda-Extension-Name": "patient"})
        answer = link.getresponse()
        answer.read()
        while True:
            link.request("GET", "/2020-01-01/extension/event/next",
                         headers={"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]})
            link.getresponse().read()
        """;

    [Fact, Trait("Spec", "ENV-109")]
    public async Task Name_each_extension_before_the_start_of_the_first_request()
    {
        using var functions = new FunctionsFolder().Workers("worker").With("worker", "layer/extensions/patient", Extension);
        File.SetUnixFileMode(functions["worker", "layer/extensions/patient"], OpenFiles.Program);
        var description = File.ReadAllText(functions["worker", "thaw.json"]);
        functions.With("worker", "thaw.json", "{\"Layers\":[\"layer\"]," + description.TrimStart()[1..]);
        await using var daemon = await RunningDaemon.StartAsync(functions);
        foreach (var call in new[] { "cold", "warm" })
            (await daemon.InvokeAsync("worker", $$"""{"line":"{{call}}"}""", ("X-Amz-Log-Type", "Tail"))).Succeeded();

        var kinds = (await MessagesAsync(daemon, "worker")).Select(message => message.Split(' ', '\t')[0]).ToList();
        Assert.Single(kinds, "EXTENSION");
        Assert.InRange(kinds.IndexOf("EXTENSION"), 0, kinds.IndexOf("START") - 1);
        Assert.Contains(await MessagesAsync(daemon, "worker"),
            message => message == "EXTENSION\tName: patient\tState: Ready\tEvents: [INVOKE]\n");
        Assert.DoesNotContain("INIT_REPORT", kinds);
    }

    [Fact, Trait("Spec", "ENV-110")]
    public async Task Report_it_once_for_each_time_that_it_failed()
    {
        using var functions = new FunctionsFolder().Node("broken", "throw new RangeError('as asked');");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("broken", "{}", ("X-Amz-Log-Type", "Tail"))).FailedWith("RangeError", "as asked");
        var reports = (await MessagesAsync(daemon, "broken")).Where(message => message.StartsWith("INIT_REPORT")).ToList();
        Assert.Equal(
            ["\tPhase: init\tStatus: error\tError Type: ", "\tPhase: invoke\tStatus: error\tError Type: "],
            reports.Select(message => message[message.IndexOf('\t', StringComparison.Ordinal)..(message.LastIndexOf(' ') + 1)]));
    }

    private static async Task<string[]> MessagesAsync(RunningDaemon daemon, string function)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent($$"""{"logGroupName":"/aws/lambda/{{function}}"}"""),
            Headers = { { "X-Amz-Target", "Logs_20140328.FilterLogEvents" } },
        };
        using var response = await daemon.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).RootElement;
        return [.. answer.GetProperty("events").EnumerateArray().Select(found => found.GetProperty("message").GetString()!)];
    }
}
