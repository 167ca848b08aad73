using System.Globalization;
using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.ConformanceTests.EnvironmentApis;

public class Runtime_api
{
    protected virtual Way Way => Way.Any;

    [Fact, Trait("Spec", "ENV-046")]
    public async Task Ping_answers_pong()
    {
        await using var stage = await ApiStage.StartAsync(way: Way);
        var answer = await stage.SendAsync("GET", "ping");
        Assert.Equal((200, "pong"), (answer.Status, answer.Body));
    }

    [Theory, Trait("Spec", "ENV-047"), Trait("Spec", "ENV-121")]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "nothing", 404)]
    [InlineData("GET", "/2015-03-31/ping", 404)]
    [InlineData("GET", "runtime/invocation/next/", 404)]
    [InlineData("GET", "runtime/invocation//response", 404)]
    [InlineData("GET", "runtime/restore/next", 404)]
    [InlineData("POST", "runtime/restore/error", 404)]
    [InlineData("POST", "ping", 405)]
    [InlineData("POST", "runtime/invocation/next", 405)]
    [InlineData("GET", "runtime/invocation/1/response", 405)]
    [InlineData("PUT", "runtime/invocation/1/error", 405)]
    [InlineData("GET", "runtime/init/error", 405)]
    [InlineData("GET", "/2020-01-01/extension/register", 405)]
    [InlineData("POST", "/2020-01-01/extension/event/next", 405)]
    [InlineData("GET", "/2022-07-01/telemetry", 405)]
    public async Task Unknown_paths_answer_404_and_wrong_methods_405(string method, string path, int status)
    {
        await using var stage = await ApiStage.StartAsync(way: Way);
        Assert.Equal(status, (await stage.SendAsync(method, path)).Status);
    }

    [Fact, Trait("Spec", "ENV-048"), Trait("Spec", "ENV-051"), Trait("Spec", "ENV-072")]
    public async Task Next_carries_the_event_and_its_headers()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        var deadline = stage.Stage.Time.GetUtcNow().AddSeconds(3);
        var running = stage.Invoke(@event: """{"a": 1}""");

        var answer = await next;
        Assert.Equal((200, """{"a": 1}"""), (answer.Status, answer.Body));
        Assert.Equal(running.Invocation.RequestId.Value, answer["Lambda-Runtime-Aws-Request-Id"]);
        Assert.Equal(deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), answer["Lambda-Runtime-Deadline-Ms"]);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:hello", answer["Lambda-Runtime-Invoked-Function-Arn"]);
        Assert.Equal(running.Invocation.InvocationId.Value, answer["Lambda-Runtime-Invocation-Id"]);
        Assert.Equal("application/json", answer["Content-Type"]);
    }

    [Fact, Trait("Spec", "ENV-050")]
    public async Task Next_leaves_out_headers_that_have_nothing_to_say()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        stage.Invoke(invocation => invocation with { CognitoIdentity = "" });

        var names = (await next).Headers.Keys;
        Assert.Equal(
            [
                "Content-Length", "Content-Type", "Date", "Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms",
                "Lambda-Runtime-Invocation-Id", "Lambda-Runtime-Invoked-Function-Arn",
            ],
            names.Order(StringComparer.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-049"), Trait("Spec", "ENV-050"), Trait("Spec", "ENV-051"), Trait("Spec", "ENV-133")]
    public async Task Next_passes_on_what_the_caller_gave()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        stage.Invoke(invocation => invocation with
        {
            InvokedFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:hello:live",
            ContentType = "text/plain; charset=latin1",
            Origin = new InvocationOrigin(
                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", TenantId: "tenant-1"),
            ClientContext = "{\"client\":\n\"app\"}",
            CognitoIdentity = """{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}""",
        });

        var answer = await next;
        Assert.EndsWith(":function:hello:live", answer["Lambda-Runtime-Invoked-Function-Arn"], StringComparison.Ordinal);
        Assert.Equal("text/plain; charset=latin1", answer["Content-Type"]);
        Assert.Equal("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", answer["Lambda-Runtime-Trace-Id"]);
        Assert.Equal("""{"client": "app"}""", answer["Lambda-Runtime-Client-Context"]);
        Assert.Equal("""{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}""", answer["Lambda-Runtime-Cognito-Identity"]);
        Assert.Equal("tenant-1", answer["Lambda-Runtime-Aws-Tenant-Id"]);
    }

    [Fact]
    public async Task Next_passes_bytes_unchanged_whatever_they_are()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        var bytes = new byte[Limits.BufferedPayloadBytes];
        new Random(1).NextBytes(bytes);
        stage.Invoke(invocation => invocation with { Event = bytes, ContentType = "application/octet-stream" });

        Assert.Equal(bytes, (await next).Bytes);
    }

    [Fact, Trait("Spec", "ENV-050")]
    public async Task Next_passes_a_client_context_that_is_not_ascii()
    {
        var (stage, _) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        await stage.RespondAsync();
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n");
        await ApiStage.Eventually(() => stage.Stage.Events.Of<PhaseEnded>().Any(ended => ended.Phase == Phase.Invoke));
        stage.Invoke(invocation => invocation with { ClientContext = """{"city":"Köln"}""" });

        Assert.Equal("{\"city\":\"K\u00c3\u00b6ln\"}", (await raw.AnswerAsync())["Lambda-Runtime-Client-Context"]);
    }

    [Fact, Trait("Spec", "ENV-052")]
    public async Task Next_while_running_returns_the_same_event_again()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        stage.Invoke(@event: "\"once\"");

        var first = await next;
        var second = await stage.NextAsync();
        Assert.Equal((200, "\"once\""), (second.Status, second.Body));
        Assert.Equal(WithoutDate(first), WithoutDate(second));

        static IEnumerable<(string, string)> WithoutDate(HttpAnswer answer) =>
            answer.Headers.Where(header => header.Key != "Date").Select(header => (header.Key, header.Value)).Order();
    }

    [Fact, Trait("Spec", "ENV-053")]
    public async Task Two_polls_at_idle_both_wait()
    {
        var (stage, first) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        var second = stage.NextAsync();
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 2);
        stage.Invoke();
        Assert.Equal(200, (await Task.WhenAny(first, second).Unwrap()).Status);
        await stage.RespondAsync();
    }

    [Fact, Trait("Spec", "ENV-072"), Trait("Spec", "ENV-073")]
    public async Task Two_attempts_at_one_request_differ_in_their_invocation_id()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        ApiStage.Running Again() => stage.Invoke(invocation => invocation with { RequestId = new RequestId("same") });
        var one = Again();
        var first = await next;
        await stage.RespondAsync();
        next = stage.NextAsync();
        await one.Done;
        Again();

        var second = await next;
        Assert.Equal(first["Lambda-Runtime-Aws-Request-Id"], second["Lambda-Runtime-Aws-Request-Id"]);
        Assert.NotEqual(first["Lambda-Runtime-Invocation-Id"], second["Lambda-Runtime-Invocation-Id"]);
        var late = await stage.RespondAsync("late", ("Lambda-Runtime-Invocation-Id", first["Lambda-Runtime-Invocation-Id"]!));
        late.IsRefusal(410, "InvokeTimeout", "Invoke timeout");
        (await stage.RespondAsync("right", ("lambda-runtime-invocation-id", second["Lambda-Runtime-Invocation-Id"]!))).IsAccepted();
    }

    [Theory, Trait("Spec", "ENV-032")]
    [InlineData("{\"a\":1}", "application/json")]
    [InlineData("{\"a\"", "application/octet-stream")]
    [InlineData("", "application/octet-stream")]
    public async Task Init_error_tells_JSON_from_other_bodies(string body, string contentType)
    {
        await using var stage = await ApiStage.StartAsync(way: Way);
        var init = stage.Stage.Lifecycle.InitAsync();
        var answer = await stage.PostAsync("runtime/init/error", body, ("Lambda-Runtime-Function-Error-Type", "Runtime.Nope"));
        answer.IsAccepted();
        Assert.Equal("Runtime.Nope", Assert.IsType<PhaseOutcome.Failed>(await init).ErrorType.Name);

        // The suppressed init of the first invoke fails without a word, so its caller gets what was posted.
        var running = stage.Invoke();
        stage.Stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await running.Done;
        Assert.Equal((body, contentType), (running.Response.ErrorBody, running.Response.Error!.ContentType));
    }

    [Fact, Trait("Spec", "ENV-121"), Trait("Spec", "ENV-124")]
    public async Task Restore_next_parks_until_the_restore_and_then_answers_nothing()
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart, way: Way);
        var init = stage.Stage.Lifecycle.InitAsync();
        var parked = stage.SendAsync("GET", "runtime/restore/next");
        Assert.True((await init).IsSuccess);
        Assert.False(parked.IsCompleted);

        var restore = stage.Stage.Lifecycle.RestoreAsync();
        var answer = await parked;
        Assert.Equal((200, ""), (answer.Status, answer.Body));
        _ = stage.NextAsync();
        Assert.True((await restore).IsSuccess);
    }

    [Fact, Trait("Spec", "ENV-124")]
    public async Task A_runtime_without_restore_next_works_under_SnapStart()
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart, way: Way);
        var init = stage.Stage.Lifecycle.InitAsync();
        var next = stage.NextAsync();
        Assert.True((await init).IsSuccess);
        Assert.True((await stage.Stage.Lifecycle.RestoreAsync()).IsSuccess);
        stage.Invoke();
        Assert.Equal(200, (await next).Status);
    }

    [Fact, Trait("Spec", "ENV-123")]
    public async Task Restore_error_fails_the_restore()
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart, way: Way);
        var init = stage.Stage.Lifecycle.InitAsync();
        var parked = stage.SendAsync("GET", "runtime/restore/next");
        await init;
        var restore = stage.Stage.Lifecycle.RestoreAsync();
        await parked;
        var answer = await stage.PostAsync(
            "runtime/restore/error", "{}", ("Lambda-Runtime-Function-Error-Type", "Runtime.AfterRestoreError"));
        answer.IsAccepted();
        Assert.Equal("Runtime.AfterRestoreError", Assert.IsType<PhaseOutcome.Failed>(await restore).ErrorType.Name);
    }
}

/// <summary>The same for requests that are not served in the lane.</summary>
public sealed class Runtime_api_by_way_of_Kestrel : Runtime_api
{
    protected override Way Way => Way.Kestrel;
}
