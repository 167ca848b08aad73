using System.Globalization;
using System.Text;
using System.Text.Json;
using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

public class Telemetry_api
{
    private const string Identifier = "Lambda-Extension-Identifier";
    private const string Good = """{"types":["platform"],"destination":{"protocol":"TCP","port":8080}}""";

    public static IEnumerable<TheoryDataRow<string, string, string>> Rows => TextTable.Read("telemetry-api.txt");

    [Theory, MemberData(nameof(Rows))]
    public async Task Answers_each_subscription_as_the_table_says(string api, string difference, string expected)
    {
        await using var stage = await ApiStage.StartAsync();
        var port = stage.Environment.ApiPort.ToString(CultureInfo.InvariantCulture);
        var id = await RegisterAsync(stage);
        var answer = await SubscribeAsync(stage, id, BodyWith(difference.Replace("API_PORT", port, StringComparison.Ordinal)), api);

        var words = expected.Replace("API_PORT", port, StringComparison.Ordinal).Split(' ', 2);
        if (words is ["200"])
            IsSubscribed(answer);
        else
            IsInvalid(answer, api, words[1]);
        Assert.Equal(words[0] == "200" ? 1 : 0, stage.Stage.Events.Of<TelemetrySubscribed>().Count);
    }

    [Theory, Trait("Spec", "ENV-090"), Trait("Spec", "ENV-107")]
    [InlineData("telemetry")]
    [InlineData("logs")]
    public async Task Tells_of_a_subscription_in_an_event_with_all_that_was_asked_for(string api)
    {
        await using var stage = await ApiStage.StartAsync();
        var id = await RegisterAsync(stage);
        IsSubscribed(await SubscribeAsync(stage, id, """
            {
                "types":["function","platform","function"],
                "buffering":{"maxItems":1000,"maxBytes":262145,"timeoutMs":100},
                "destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:8080/a/%2F/../b?c=d#e"}
            }
            """, api));

        var told = stage.Stage.Events.Of<TelemetrySubscribed>().Single();
        Assert.Equal("inside", told.Name);
        Assert.Equal(api == "logs", told.Subscription.IsLogsApi);
        Assert.Equal(["function", "platform"], told.Subscription.Types);
        Assert.Equal(new Buffering(1000, 262145, TimeSpan.FromMilliseconds(100)), told.Subscription.Buffering);
        Assert.Equal(new Destination.Http(8080, "sandbox.localdomain", "/a/%2F/../b?c=d", "POST"), told.Subscription.Destination);
    }

    [Fact, Trait("Spec", "ENV-092")]
    public async Task Buffers_as_AWS_does_when_nothing_is_said()
    {
        await using var stage = await ApiStage.StartAsync();
        IsSubscribed(await SubscribeAsync(stage, await RegisterAsync(stage), Good));

        var subscription = stage.Stage.Events.Of<TelemetrySubscribed>().Single().Subscription;
        Assert.Equal(new Buffering(10_000, 262_144, TimeSpan.FromSeconds(1)), subscription.Buffering);
        Assert.Equal(TelemetrySchema.Telemetry20220701, subscription.Schema);
        Assert.Equal(new Destination.Tcp(8080), subscription.Destination);
    }

    [Theory, Trait("Spec", "ENV-090")]
    [InlineData("/2022-07-01/telemetry")]
    [InlineData("/2022-07-01/telemetry/")]
    [InlineData("/2020-08-15/logs")]
    [InlineData("/2020-08-15/logs/")]
    public async Task Is_there_with_and_without_a_slash_behind_it(string path)
    {
        await using var stage = await ApiStage.StartAsync();
        var id = await RegisterAsync(stage);
        IsSubscribed(await stage.SendAsync("PUT", path, new StringContent(Good), (Identifier, id)));

        var wrong = await stage.SendAsync("GET", path, null, (Identifier, id));
        Assert.Equal((405, "PUT"), (wrong.Status, wrong["Allow"]));
    }

    [Fact, Trait("Spec", "ENV-090")]
    public async Task Takes_the_same_extension_again_and_replaces_nothing()
    {
        await using var stage = await ApiStage.StartAsync();
        var id = await RegisterAsync(stage);
        IsSubscribed(await SubscribeAsync(stage, id, Good));
        IsSubscribed(await SubscribeAsync(stage, id, BodyWith("types [\"function\"]")));

        Assert.Equal(["platform"], stage.Stage.Events.Of<TelemetrySubscribed>().Single().Subscription.Types);
    }

    [Theory, Trait("Spec", "ENV-107")]
    [InlineData("telemetry", "logs", "inside is subscribed to the Telemetry API already")]
    [InlineData("logs", "telemetry", "inside is subscribed to the Logs API already")]
    public async Task Refuses_an_extension_of_the_other_API(string first, string second, string message)
    {
        await using var stage = await ApiStage.StartAsync();
        var id = await RegisterAsync(stage);
        IsSubscribed(await SubscribeAsync(stage, id, Good, first));
        IsInvalid(await SubscribeAsync(stage, id, Good, second), second, message);

        // Another extension is free to choose.
        IsSubscribed(await SubscribeAsync(stage, await RegisterAsync(stage, "other"), Good, second));
    }

    [Theory, Trait("Spec", "ENV-090")]
    [InlineData("telemetry", "Telemetry")]
    [InlineData("logs", "Logs")]
    public async Task Is_closed_after_init_whatever_the_body(string api, string name)
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var id = await RegisterAsync(stage, "alpha");
        _ = stage.NextAsync();
        var next = stage.EventNextAsync(id);
        await ApiStage.Eventually(() => stage.Stage.Events.Of<InitReport>().Count == 1);

        foreach (var body in new[] { Good, "nonsense" })
        {
            (await SubscribeAsync(stage, id, body, api))
                .IsRefusal(403, $"{name}.SubscriptionClosed", $"{name} API subscription is closed already");
        }

        // And in an invocation, too.
        stage.Invoke();
        await next;
        (await SubscribeAsync(stage, id, Good, api))
            .IsRefusal(403, $"{name}.SubscriptionClosed", $"{name} API subscription is closed already");
    }

    [Fact, Trait("Spec", "ENV-090")]
    public async Task Is_open_until_everybody_is_ready()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var id = await RegisterAsync(stage, "alpha");
        _ = stage.NextAsync();
        await ApiStage.Eventually(() => stage.Stage.Events.Of<InitRuntimeDone>().Count == 1);

        IsSubscribed(await SubscribeAsync(stage, id, Good));
    }

    [Fact, Trait("Spec", "ENV-031")]
    public async Task Forgets_everybody_when_the_processes_start_again()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var id = await RegisterAsync(stage, "alpha");
        IsSubscribed(await SubscribeAsync(stage, id, Good));
        stage.Stage.Processes.Exit("alpha", new ProcessExit(1, 0));
        await ApiStage.Eventually(() => stage.Stage.Events.Of<InitReport>().Count == 1);
        var invocation = stage.Invoke();
        await ApiStage.Eventually(() => stage.Stage.Events.Of<InitStart>().Count == 2);
        await stage.Endpoint.AbortConnectionsAsync();

        (await SubscribeAsync(stage, id, Good)).IsRefusal(403, "Extension.UnknownExtensionIdentifier", $"Unknown extension {id}");
        IsSubscribed(await SubscribeAsync(stage, await RegisterAsync(stage, "alpha"), Good, "logs"));
        Assert.False(invocation.Done.IsCompleted);
    }

    [Fact, Trait("Spec", "ENV-090")]
    public async Task Reads_bodies_of_up_to_a_mebibyte()
    {
        await using var stage = await ApiStage.StartAsync();
        var id = await RegisterAsync(stage);
        const int Mebibyte = 1024 * 1024;
        (await SubscribeAsync(stage, id, Good.PadRight(Mebibyte + 1)))
            .IsRefusal(413, "RequestEntityTooLarge", $"Exceeded maximum allowed payload size ({Mebibyte} bytes).");

        var longUri = $$"""{"protocol":"HTTP","URI":"http://sandbox:8080/{{new string('a', 64 * 1024)}}"}""";
        IsInvalid(await SubscribeAsync(stage, id, BodyWith($"destination {longUri}")), "telemetry", "URI is not valid");
        IsSubscribed(await SubscribeAsync(stage, id, Good.PadRight(Mebibyte)));
    }

    [Fact, Trait("Spec", "ENV-083")]
    public async Task Knows_its_own_extensions_only()
    {
        await using var stage = await ApiStage.StartAsync();
        await using var neighbour = await ApiStage.StartAsync();
        var id = await RegisterAsync(neighbour);

        (await SubscribeAsync(stage, id, "nonsense")).IsRefusal(403, "Extension.UnknownExtensionIdentifier", $"Unknown extension {id}");
        (await stage.SendAsync("PUT", "/2022-07-01/telemetry", new StringContent(Good)))
            .IsRefusal(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
    }

    private static async Task<string> RegisterAsync(ApiStage stage, string name = "inside") =>
        (await stage.RegisterAsync(name))[Identifier]!;

    private static Task<HttpAnswer> SubscribeAsync(ApiStage stage, string id, string body, string api = "telemetry") => stage.SendAsync(
        "PUT",
        api == "logs" ? "/2020-08-15/logs" : "/2022-07-01/telemetry",
        new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        (Identifier, id));

    private static string BodyWith(string difference)
    {
        var words = difference.Split(' ', 2);
        if (words[0] == "body")
            return words.ElementAtOrDefault(1) ?? "";
        var members = new Dictionary<string, string>
        {
            ["types"] = """["platform"]""",
            ["destination"] = """{"protocol":"TCP","port":8080}""",
            [words[0]] = words[1],
        };
        return $"{{{string.Join(',', members.Select(member => $"\"{member.Key}\":{member.Value}"))}}}";
    }

    private static void IsSubscribed(HttpAnswer answer)
    {
        Assert.Equal("\"OK\"", answer.Body);
        Assert.Equal((200, "application/json"), (answer.Status, answer["Content-Type"]));
    }

    private static void IsInvalid(HttpAnswer answer, string api, string message)
    {
        Assert.Equal((400, "application/json"), (answer.Status, answer["Content-Type"]));
        var type = api == "logs" ? "Logs.ValidationError" : "ValidationError";
        var told = JsonDocument.Parse(answer.Bytes).RootElement.GetProperty("errorMessage").GetString()!;
        if (message.EndsWith("...", StringComparison.Ordinal))
            Assert.StartsWith(message[..^3], told, StringComparison.Ordinal);
        else
            Assert.Equal($$"""{"errorType":"{{type}}","errorMessage":"{{message}}"}""" + "\n", answer.Body);
        Assert.StartsWith($$"""{"errorType":"{{type}}","errorMessage":""", answer.Body, StringComparison.Ordinal);
    }
}
