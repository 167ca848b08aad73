using System.Globalization;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.ConformanceTests.EnvironmentApis;

public class Extensions_api
{
    private const string Identifier = "Lambda-Extension-Identifier";

    public static IEnumerable<TheoryDataRow<string, string, string>> Rows => TextTable.Read("extensions-api.txt");

    [Theory, MemberData(nameof(Rows))]
    public async Task Answers_each_call_as_the_table_says(string state, string call, string expected)
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var id = await ReachAsync(stage, state);
        var answer = call switch
        {
            "register" => stage.RegisterAsync("alpha"),
            "event/next" => stage.EventNextAsync(id),
            _ => PostErrorAsync(stage, call, id),
        };

        switch (expected.Split(' '))
        {
            case ["parks"]:
                Assert.Equal(200, (await stage.SendAsync("GET", "ping")).Status);
                Assert.False(answer.IsCompleted);
                break;
            case [var status]:
                Assert.Equal(status, $"{(await answer).Status}");
                break;
            case ["403", var type, var from, var to]:
                // The message names an extension by its name when it registers, and by its identifier later.
                var who = call == "register" ? "alpha" : id;
                (await answer).IsRefusal(
                    403, type, $"State transition from {from} to {to} failed for extension {who}. Error: State transition is not allowed");
                break;
            default:
                Assert.Fail($"The table says {expected}.");
                break;
        }
    }

    [Fact, Trait("Spec", "ENV-075")]
    public async Task Register_by_file_name_answers_an_identifier_and_the_function()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var answer = await stage.RegisterAsync("alpha");
        Assert.Equal((200, "application/json"), (answer.Status, answer["Content-Type"]));
        Assert.True(Guid.TryParseExact(answer[Identifier], "D", out _));
        Assert.Equal("""{"functionName":"hello","functionVersion":"$LATEST","handler":"index.handler"}""" + "\n", answer.Body);
        Assert.Contains("start runtime", stage.Stage.Processes.Log);
    }

    [Theory, Trait("Spec", "ENV-076")]
    [InlineData("accountId", true)]
    [InlineData("other, accountId", true)]
    [InlineData("other", false)]
    public async Task Register_tells_the_account_when_the_feature_is_accepted(string features, bool told)
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var answer = await stage.RegisterAsync("alpha", "{}", ("Lambda-Extension-Accept-Feature", features));
        var account = told ? "\"accountId\":\"000000000000\"," : "";
        Assert.Equal($$"""{{{account}}"functionName":"hello","functionVersion":"$LATEST","handler":"index.handler"}""" + "\n", answer.Body);
    }

    [Theory, Trait("Spec", "ENV-079")]
    [InlineData("""{"events":null}""")]
    [InlineData("""{"events":[]}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"Events":["INVOKE","INVOKE"],"configurationKeys":[],"more":1}""")]
    public async Task Register_accepts_a_body_without_events(string body)
    {
        await using var stage = await ApiStage.StartAsync();
        Assert.Equal(200, (await stage.RegisterAsync("inside", body)).Status);
    }

    [Theory, Trait("Spec", "ENV-079")]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"events":"INVOKE"}""")]
    [InlineData("""{"events":[1]}""")]
    [InlineData("""{"events":[]} more""")]
    public async Task Register_refuses_a_body_that_is_no_such_JSON(string body)
    {
        await using var stage = await ApiStage.StartAsync();
        var answer = await stage.RegisterAsync("inside", body);
        Assert.Equal(403, answer.Status);
        Assert.Equal("InvalidRequestFormat", JsonDocument.Parse(answer.Bytes).RootElement.GetProperty("errorType").GetString());
    }

    [Theory, Trait("Spec", "ENV-077"), Trait("Spec", "ENV-078")]
    [InlineData("""{"events":["SHUTDOWN"]}""", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension")]
    [InlineData("""{"events":["INVOKE","invoke"]}""", "invoke: ErrorInvalidEventType")]
    [InlineData("""{"events":["<&>"]}""", @"\u003c\u0026\u003e: ErrorInvalidEventType")]
    public async Task Register_refuses_events_that_do_not_exist_for_the_caller(string body, string message)
    {
        await using var stage = await ApiStage.StartAsync();
        (await stage.RegisterAsync("inside", body)).IsRefusal(403, "Extension.InvalidEventType", message);
    }

    [Fact, Trait("Spec", "ENV-074")]
    public async Task Register_looks_at_the_name_before_the_body_and_at_the_old_keys_before_the_events()
    {
        await using var stage = await ApiStage.StartAsync();
        (await stage.RegisterAsync("", "nonsense")).IsRefusal(403, "Extension.InvalidExtensionName", "Empty extension name");
        (await stage.PostAsync("/2020-01-01/extension/register", "{}"))
            .IsRefusal(403, "Extension.InvalidExtensionName", "Empty extension name");
        (await stage.RegisterAsync("inside", """{"events":["bad"],"configurationKeys":["key"]}""")).IsRefusal(
            403, "InvalidRequestFormat", "configurationKeys are deprecated; use environment variables instead");
    }

    [Fact, Trait("Spec", "ENV-080")]
    public async Task Register_is_closed_after_init()
    {
        var (stage, _) = await ApiStage.StartReadyAsync();
        await using var end = stage;
        (await stage.RegisterAsync("late")).IsRefusal(403, "Extension.RegistrationClosed", "Extension registration closed already");
    }

    [Fact, Trait("Spec", "ENV-081"), Trait("Spec", "ENV-082")]
    public async Task Register_takes_ten_extensions_with_names_of_their_own()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        for (var number = 2; number <= 10; number++)
            Assert.Equal(200, (await stage.RegisterAsync($"inside-{number}")).Status);
        (await stage.RegisterAsync("inside-2")).IsRefusal(
            403, "Extension.InvalidExtensionState", "Extension with this name already registered");
        (await stage.RegisterAsync("inside-11")).IsRefusal(403, "Extension.TooManyExtensions", "Extension limit (10) reached");
    }

    [Theory, Trait("Spec", "ENV-083")]
    [InlineData("GET", "/2020-01-01/extension/event/next", "Unknown extension 01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("POST", "/2020-01-01/extension/init/error", "Unknown Lambda-Extension-Identifier")]
    [InlineData("POST", "/2020-01-01/extension/exit/error", "Unknown Lambda-Extension-Identifier")]
    [InlineData("PUT", "/2022-07-01/telemetry", "Unknown extension 01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("PUT", "/2020-08-15/logs", "Unknown extension 01234567-89ab-cdef-0123-456789abcdef")]
    public async Task Every_call_after_register_names_its_extension(string method, string path, string unknown)
    {
        await using var stage = await ApiStage.StartAsync();
        Task<HttpAnswer> Send(params (string, string)[] headers) =>
            stage.SendAsync(method, path, null, [("Lambda-Extension-Function-Error-Type", "Extension.X"), .. headers]);

        (await Send()).IsRefusal(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
        (await Send((Identifier, "me"))).IsRefusal(403, "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier");
        (await Send((Identifier, "01234567-89AB-CDEF-0123-456789abcdef"))).IsRefusal(403, "Extension.UnknownExtensionIdentifier", unknown);
    }

    [Fact, Trait("Spec", "ENV-084")]
    public async Task An_invoke_event_has_no_payload_and_a_fresh_identifier()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        var id = await ReadyAsync(stage);
        var deadline = stage.Stage.Time.GetUtcNow().AddSeconds(3).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";

        var first = stage.Invoke(@event: "\"secret\"");
        var plain = await id.Next;
        Assert.Equal(
            $$"""{"eventType":"INVOKE","deadlineMs":{{deadline}},"requestId":"{{stage.Id}}","invokedFunctionArn":"{{Arn}}"}""", plain.Body);
        Assert.Equal((200, "application/json"), (plain.Status, plain["Content-Type"]));

        await stage.RespondAsync();
        var next = stage.EventNextAsync(id.Identifier);
        _ = stage.NextAsync();
        await first.Done;
        stage.Invoke(invocation => invocation with { Origin = new InvocationOrigin("Root=1-a;Parent=b;Sampled=1") });
        var traced = await next;
        Assert.EndsWith(
            ""","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-a;Parent=b;Sampled=1"}}""", traced.Body, StringComparison.Ordinal);

        var identifiers = new[] { plain, traced }.Select(answer => Guid.Parse(answer["Lambda-Extension-Event-Identifier"]!));
        Assert.Equal(2, identifiers.Distinct().Count());
    }

    [Fact, Trait("Spec", "ENV-085"), Trait("Spec", "ENV-040"), Trait("Spec", "ENV-041"), Trait("Spec", "ENV-042")]
    public async Task Only_the_shutdown_event_wakes_an_extension_that_asked_for_nothing_else()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        var (_, eventNext, runtimeNext) = await ReadyAsync(stage, """{"events":["SHUTDOWN"]}""");
        var running = stage.Invoke();
        await runtimeNext;
        await stage.RespondAsync();
        var parked = stage.NextAsync();
        Assert.True((await running.Done).IsSuccess);
        Assert.False(eventNext.IsCompleted);

        var deadline = stage.Stage.Time.GetUtcNow().AddSeconds(2).ToUnixTimeMilliseconds();
        var shutdown = stage.Stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        var answer = await eventNext;
        Assert.Equal($$"""{"eventType":"SHUTDOWN","deadlineMs":{{deadline}},"shutdownReason":"spindown"}""", answer.Body);
        Assert.Equal("application/json", answer["Content-Type"]);
        Assert.True(Guid.TryParse(answer["Lambda-Extension-Event-Identifier"], out _));

        stage.Stage.Processes.Exit("alpha", ProcessExit.WithStatus(0));
        await shutdown;
        Assert.False(parked.IsCompleted);
    }

    [Theory, Trait("Spec", "ENV-086")]
    [InlineData("init/error")]
    [InlineData("exit/error")]
    public async Task An_error_needs_its_type_in_a_header(string call)
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        _ = stage.Stage.Lifecycle.InitAsync();
        var id = (await stage.RegisterAsync("alpha"))[Identifier]!;
        (await stage.PostAsync($"/2020-01-01/extension/{call}", "{}", (Identifier, id))).IsRefusal(
            403, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found");
        (await PostErrorAsync(stage, call, id)).IsAccepted();
    }

    [Fact, Trait("Spec", "ENV-087")]
    public async Task An_error_may_be_reported_twice()
    {
        await using var stage = await ApiStage.StartAsync(["alpha"]);
        var init = stage.Stage.Lifecycle.InitAsync();
        var id = (await stage.RegisterAsync("alpha"))[Identifier]!;
        (await PostErrorAsync(stage, "init/error", id)).IsAccepted();
        (await PostErrorAsync(stage, "init/error", id)).IsAccepted();
        stage.Stage.Processes.Exit("alpha", ProcessExit.WithStatus(1));
        Assert.Equal("Extension.InitError", Assert.IsType<PhaseOutcome.Failed>(await init).ErrorType.Name);
    }

    [Theory, Trait("Spec", "ENV-088")]
    [InlineData("POST", "/2020-01-01/extension/register")]
    [InlineData("GET", "/2020-01-01/extension/event/next")]
    [InlineData("POST", "/2020-01-01/extension/init/error")]
    [InlineData("POST", "/2020-01-01/extension/exit/error")]
    [InlineData("PUT", "/2022-07-01/telemetry")]
    [InlineData("PUT", "/2020-08-15/logs")]
    public async Task Disabled_extensions_have_no_paths(string method, string path)
    {
        await using var stage = await ApiStage.StartAsync(hasExtensions: false);
        var answer = await stage.SendAsync(method, path, null, ("Lambda-Extension-Name", "alpha"));
        Assert.Equal((404, ""), (answer.Status, answer.Body));
    }

    private static async Task<string> ReachAsync(ApiStage stage, string state)
    {
        if (state == "Started")
            return "";
        if (state is "Ready" or "Running")
        {
            var (identifier, eventNext, _) = await ReadyAsync(stage, initHasBegun: true);
            if (state == "Running")
            {
                stage.Invoke();
                await eventNext;
            }

            return identifier;
        }

        var id = (await stage.RegisterAsync("alpha"))[Identifier]!;
        if (state is "InitError" or "ExitError")
            (await PostErrorAsync(stage, state == "InitError" ? "init/error" : "exit/error", id)).IsAccepted();
        return id;
    }

    /// <summary>Goes through Init with the extension alpha; returns its identifier and the parked calls.</summary>
    private static async Task<(string Identifier, Task<HttpAnswer> Next, Task<HttpAnswer> RuntimeNext)> ReadyAsync(
        ApiStage stage, string body = """{"events":["INVOKE"]}""", bool initHasBegun = false)
    {
        if (!initHasBegun)
            _ = stage.Stage.Lifecycle.InitAsync();
        var id = (await stage.RegisterAsync("alpha", body))[Identifier]!;
        var runtimeNext = stage.NextAsync();
        var next = stage.EventNextAsync(id);
        await ApiStage.Eventually(() => stage.Stage.Events.Of<InitReport>().Count == 1);
        return (id, next, runtimeNext);
    }

    private static Task<HttpAnswer> PostErrorAsync(ApiStage stage, string call, string id) => stage.PostAsync(
        $"/2020-01-01/extension/{call}", "", (Identifier, id), ("Lambda-Extension-Function-Error-Type", "Extension.Broken"));
}
