using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Thaw.SystemTests.Runtimes;

/// <summary>What every runtime of ours owes the platform and the function, in whatever language.</summary>
public abstract class RuntimeContract
{
    /// <summary>
    /// A handler that returns the event, the trace id and facts of its context; and, by the event's <c>do</c>: <c>fail</c> throws
    /// (a ValueError or TypeError with a message of two languages), <c>log</c> logs two lines in one event, <c>big</c> returns 6 MB.
    /// </summary>
    private protected abstract string Index { get; }
    private protected abstract RuntimeUnderTest Runtime { get; }
    private protected abstract string FailureType { get; }

    private protected RunningRuntime Start(Dictionary<string, string>? variables = null, FakeRuntimeApi? api = null) =>
        Start("index.handler", Index, variables, api);

    private protected RunningRuntime Start(
        string handler, string source, Dictionary<string, string>? variables = null, FakeRuntimeApi? api = null) =>
        RunningRuntime.Start(Runtime, handler, new() { [$"index{Runtime.FileExtension}"] = source }, variables, api);

    private protected static JsonElement Json(Post post) => JsonDocument.Parse(post.Body).RootElement;

    [Fact]
    public async Task Answers_with_what_the_handler_returns()
    {
        await using var runtime = Start();
        var answer = await runtime.Api.InvokeAsync(new FakeInvocation("""{"name":"Ada"}""") { RequestId = "id-1" });
        Assert.Equal("/2018-06-01/runtime/invocation/id-1/response", answer.Path);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        Assert.Equal("Ada", Json(answer).GetProperty("event").GetProperty("name").GetString());
    }

    [Fact]
    public async Task One_connection_serves_all_invocations()
    {
        await using var runtime = Start();
        for (var round = 0; round < 20; round++)
            await runtime.Api.InvokeAsync("{}");
        Assert.Equal(1, runtime.Api.Connections);
    }

    [Fact]
    public async Task Connects_again_when_the_platform_closes()
    {
        await using var runtime = Start(api: new FakeRuntimeApi { ClosesAfterEachAnswer = true });
        for (var round = 0; round < 3; round++)
            Assert.Equal("response", (await runtime.Api.InvokeAsync("{}")).Kind);
    }

    [Fact]
    public async Task Keeps_the_letters_of_all_languages_as_utf_8()
    {
        await using var runtime = Start();
        var answer = await runtime.Api.InvokeAsync("""{"name":"Zoë 龍 🦊"}""");
        Assert.Contains("Zoë 龍 🦊", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_an_event_that_comes_byte_by_byte()
    {
        await using var runtime = Start(api: new FakeRuntimeApi { Delivery = Delivery.ByteByByte });
        for (var round = 0; round < 2; round++)
        {
            var answer = await runtime.Api.InvokeAsync("""{"name":"Zoë"}""");
            Assert.Equal("Zoë", Json(answer).GetProperty("event").GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task Reads_an_event_in_chunks()
    {
        await using var runtime = Start(api: new FakeRuntimeApi { Delivery = Delivery.Chunked });
        for (var round = 0; round < 2; round++)
        {
            var answer = await runtime.Api.InvokeAsync("""{"name":"a name of more than one chunk"}""");
            Assert.Equal("a name of more than one chunk", Json(answer).GetProperty("event").GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task Takes_and_gives_six_megabytes()
    {
        await using var runtime = Start();
        var payload = new string('x', 6 * 1024 * 1024 - 100);
        var answer = await runtime.Api.InvokeAsync($$"""{"name":"{{payload}}"}""");
        Assert.Equal(payload, Json(answer).GetProperty("event").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Percent_encodes_a_request_id_that_is_no_path()
    {
        await using var runtime = Start();
        var answer = await runtime.Api.InvokeAsync(new FakeInvocation("{}") { RequestId = "a/b c?" });
        Assert.Equal("/2018-06-01/runtime/invocation/a%2Fb%20c%3F/response", answer.Path);
    }

    [Theory, InlineData("{}"), InlineData("""{"do":"fail"}""")]
    public async Task Echoes_the_attempt_with_every_answer(string json)
    {
        await using var runtime = Start();
        var answer = await runtime.Api.InvokeAsync(
            new FakeInvocation(json) { Headers = { ["Lambda-Runtime-Invocation-Id"] = "attempt-1" } });
        Assert.Equal("attempt-1", answer.Headers["Lambda-Runtime-Invocation-Id"]);
    }

    [Fact]
    public async Task The_trace_id_is_that_of_the_invocation()
    {
        await using var runtime = Start();
        var traced = await runtime.Api.InvokeAsync(new FakeInvocation("{}") { Headers = { ["Lambda-Runtime-Trace-Id"] = "Root=1-2-3" } });
        var untraced = await runtime.Api.InvokeAsync("{}");
        Assert.Equal("Root=1-2-3", Json(traced).GetProperty("trace").GetString());
        Assert.NotEqual("Root=1-2-3", Json(untraced).TryGetProperty("trace", out var trace) ? trace.GetString() : null);
    }

    [Fact]
    public async Task The_context_says_what_the_platform_said()
    {
        await using var runtime = Start();
        var context = Json(await runtime.Api.InvokeAsync(new FakeInvocation("{}")
        {
            RequestId = "id-1",
            TimeLeft = TimeSpan.FromSeconds(100),
            Headers =
            {
                ["Lambda-Runtime-Client-Context"] = """{"client":{"installation_id":"phone"},"custom":{"k":"v"}}""",
                ["Lambda-Runtime-Cognito-Identity"] = """{"cognitoIdentityId":"me","cognitoIdentityPoolId":"us"}""",
                ["Lambda-Runtime-Aws-Tenant-Id"] = "tenant",
            },
        })).GetProperty("context");
        Assert.Equal(
            ["id-1", "f", "$LATEST", "128", "/aws/lambda/f", "2026/11/25/[$LATEST]0",
                "arn:aws:lambda:us-east-1:000000000000:function:f:live", "phone", "v", "me", "tenant"],
            context.GetProperty("facts").EnumerateArray().Select(fact => fact.GetString()));
        Assert.InRange(context.GetProperty("left").GetDouble(), 80_000, 100_000);
    }

    [Fact]
    public async Task An_error_of_the_handler_is_an_answer_and_the_process_lives_on()
    {
        await using var runtime = Start();
        var answer = await runtime.Api.InvokeAsync(new FakeInvocation("""{"do":"fail"}""") { RequestId = "id-1" });
        Assert.Equal("/2018-06-01/runtime/invocation/id-1/error", answer.Path);
        Assert.Equal(FailureType, answer.ErrorType);
        Assert.Equal(FailureType, Json(answer).GetProperty("errorType").GetString());
        Assert.Equal("böse", Json(answer).GetProperty("errorMessage").GetString());
        Assert.Contains("exceptions", answer.Headers["Lambda-Runtime-Function-XRay-Error-Cause"], StringComparison.Ordinal);
        await runtime.OutputWithAsync(FailureType);
        Assert.Equal("response", (await runtime.Api.InvokeAsync("{}")).Kind);
    }

    [Fact]
    public async Task An_event_that_is_no_json_is_an_error_and_the_process_lives_on()
    {
        await using var runtime = Start();
        Assert.Equal("error", (await runtime.Api.InvokeAsync("no json")).Kind);
        Assert.Equal("error", (await runtime.Api.InvokeAsync("")).Kind);
        Assert.Equal("response", (await runtime.Api.InvokeAsync("{}")).Kind);
    }

    [Theory, InlineData(HttpStatusCode.Gone), InlineData(HttpStatusCode.RequestEntityTooLarge), InlineData(HttpStatusCode.BadRequest)]
    public async Task A_refused_answer_is_logged_and_the_process_lives_on(HttpStatusCode status)
    {
        await using var runtime = Start();
        runtime.Api.RefuseNextPost(status);
        await runtime.Api.InvokeAsync("{}");
        await runtime.OutputWithAsync($"refused an answer with {(int)status}");
        Assert.Equal("response", (await runtime.Api.InvokeAsync("{}")).Kind);
    }

    [Fact]
    public async Task A_platform_fault_ends_the_process()
    {
        await using var runtime = Start();
        runtime.Api.RefuseNextPost(HttpStatusCode.InternalServerError);
        await runtime.Api.InvokeAsync("{}");
        Assert.Equal(1, await runtime.ExitAsync());
    }

    [Fact]
    public async Task A_frame_keeps_the_lines_of_one_event_together()
    {
        await using var runtime = Start(new() { ["_LAMBDA_TELEMETRY_LOG_FD"] = "9", ["AWS_LAMBDA_LOG_LEVEL"] = "INFO" });
        var before = DateTimeOffset.UtcNow;
        await runtime.Api.InvokeAsync("""{"do":"log"}""");
        var frame = runtime.Frames;
        Assert.Equal(0xA55A000F, BinaryPrimitives.ReadUInt32BigEndian(frame));
        Assert.Equal(frame.Length - 16, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4)));
        var time = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(8)) / 1000);
        Assert.InRange(time, before.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Contains("first ü\nsecond", Encoding.UTF8.GetString(frame.AsSpan(16)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_logs_carry_level_and_request_id()
    {
        await using var runtime = Start(new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "INFO" });
        await runtime.Api.InvokeAsync(new FakeInvocation("""{"do":"log"}""") { RequestId = "id-1" });
        var line = (await runtime.OutputWithAsync("second")).Split('\n').Single(line => line.Contains("second", StringComparison.Ordinal));
        var log = JsonDocument.Parse(line).RootElement;
        Assert.Equal("INFO", log.GetProperty("level").GetString());
        Assert.Equal("id-1", log.GetProperty("requestId").GetString());
        Assert.Equal("first ü\nsecond", log.GetProperty("message").GetString());
        Assert.True(log.GetProperty("timestamp").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task A_log_level_silences_what_is_below_it()
    {
        await using var runtime = Start(new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "ERROR" });
        await runtime.Api.InvokeAsync("""{"do":"log"}""");
        await runtime.Api.InvokeAsync("""{"do":"fail"}""");
        Assert.DoesNotContain("second", await runtime.OutputWithAsync("böse"), StringComparison.Ordinal);
    }
}
