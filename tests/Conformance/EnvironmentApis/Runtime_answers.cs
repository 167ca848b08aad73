using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>What happens to a posted response or error.</summary>
public class Runtime_answers
{
    protected virtual Way Way => Way.Any;

    private const string TooLarge =
        """{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size """ +
        """exceeded maximum allowed payload size (6291556 bytes)."}""";

    [Fact, Trait("Spec", "ENV-054")]
    public async Task A_response_is_accepted_and_reaches_the_caller()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        (await stage.RespondAsync("\"hello\"", ("Content-Type", "text/x-test"))).IsAccepted();
        var response = running.Response;
        await response.Ended;
        Assert.Equal(("\"hello\"", "text/x-test", true), (response.Body, response.ContentType, response.IsComplete));
    }

    [Fact, Trait("Spec", "ENV-055")]
    public async Task An_error_reaches_the_caller_byte_for_byte()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        (await stage.FailAsync(" { not json \u00e9", ("Content-Type", "application/vnd.aws.lambda.error+json"))).IsAccepted();
        Assert.Equal(" { not json \u00e9", running.Response.ErrorBody);
        Assert.Equal("application/vnd.aws.lambda.error+json", running.Response.Error!.ContentType);
    }

    [Fact, Trait("Spec", "ENV-071")]
    public async Task A_result_that_looks_like_an_error_is_a_success()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        (await stage.RespondAsync("""{"errorType":"Oops","errorMessage":"no"}""")).IsAccepted();
        await running.Response.Ended;
        Assert.True(running.Response.IsComplete);
        Assert.Null(running.Response.Error);
    }

    [Fact, Trait("Spec", "ENV-056"), Trait("Spec", "ENV-070")]
    public async Task An_answer_for_another_id_is_refused_before_its_mode_and_state_are_looked_at()
    {
        var (stage, _) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        foreach (var verb in new[] { "response", "error" })
        {
            var answer = await stage.PostAsync(
                $"runtime/invocation/other/{verb}", "x",
                ("Lambda-Runtime-Function-Response-Mode", "wrong"), ("Lambda-Runtime-Invocation-Id", "y"));
            answer.IsRefusal(400, "InvalidRequestID", "Invalid request ID");
        }

        (await stage.RespondAsync()).IsAccepted();
    }

    [Fact, Trait("Spec", "ENV-058")]
    public async Task A_second_answer_is_refused_with_the_names_of_both_states()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        await stage.RespondAsync("first");
        (await stage.RespondAsync("second")).IsRefusal(
            403, "InvalidStateTransition",
            "State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. "
            + "Error: State transition is not allowed");
        await running.Response.Ended;
        Assert.Equal("first", running.Response.Body);
    }

    [Theory, Trait("Spec", "ENV-062"), Trait("Spec", "ENV-063")]
    [InlineData(false, 6_291_556, true)]
    [InlineData(false, 6_291_557, false)]
    [InlineData(true, 6_291_556, true)]
    [InlineData(true, 6_291_557, false)]
    [InlineData(true, 20_000_000, false)]
    public async Task A_buffered_response_may_have_6291556_bytes(bool chunked, int bytes, bool accepted)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        var body = new byte[bytes];
        new Random(2).NextBytes(body);
        using HttpContent content = chunked ? new StreamContent(new Unseekable(body)) : new ByteArrayContent(body);
        var answer = await stage.SendAsync("POST", $"runtime/invocation/{stage.Id}/response", content);

        if (accepted)
        {
            answer.IsAccepted();
            await running.Response.Ended;
            Assert.Equal(body, running.Response.Bytes);
        }
        else
        {
            answer.IsRefusal(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).");
            Assert.Equal(TooLarge, running.Response.ErrorBody);

            // The process lives on, and a client that then posts the error is too late.
            Assert.Equal(403, (await stage.FailAsync()).Status);
            _ = stage.NextAsync();
            Assert.True((await running.Done).IsSuccess);
        }
    }

    [Theory, Trait("Spec", "ENV-064")]
    [InlineData("Content-Length: 10\r\n\r\n12345")]
    [InlineData("Content-Length: 10\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n123")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nnonsense\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n\r\n5\r\n12345\r\n")]
    public async Task A_body_that_ends_early_is_told_to_both_sides(string bodyAndItsHeaders)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync($"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\n{bodyAndItsHeaders}");
        raw.EndSending();

        (await raw.AnswerAsync()).IsRefusal(400, "TruncatedHTTPRequest", "HTTP request detected as truncated");
        await running.Response.Ended;
        Assert.Equal(ErrorType.RuntimeTruncatedResponse, running.Response.Error!.ErrorType);
        await raw.ClosedAsync();
    }

    [Fact, Trait("Spec", "ENV-064")]
    public async Task A_client_that_vanishes_in_the_middle_of_its_response_leaves_a_truncated_one()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        using (var raw = await stage.ConnectAsync())
        {
            await raw.SendAsync(
                $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf");
        }

        await ApiStage.Eventually(() => running.Response.Ended.IsCompleted);
        Assert.Equal("Runtime.TruncatedResponse", running.Response.Error!.ErrorType.Name);
        _ = stage.NextAsync();
        Assert.True((await running.Done).IsSuccess);
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount <= 2);
    }

    [Theory, Trait("Spec", "ENV-065")]
    [InlineData("buffered")]
    [InlineData("Streaming")]
    public async Task A_response_mode_that_is_not_streaming_is_refused_and_ends_the_invoke(string mode)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        var answer = await stage.RespondAsync("x", ("Lambda-Runtime-Function-Response-Mode", mode));
        answer.IsRefusal(400, "InvalidFunctionResponseMode", "Invalid function response mode");
        Assert.Equal(403, (await stage.NextAsync()).Status);
        await running.Done;
        Assert.Equal("Runtime.InvalidResponseModeHeader", running.Response.Error!.ErrorType.Name);
    }

    [Theory, Trait("Spec", "ENV-066")]
    [InlineData("Function.Foo", "Function.Foo")]
    [InlineData("Foo", "Runtime.Unknown")]
    [InlineData("Function.", "Function.Unknown")]
    [InlineData("", "Runtime.Unknown")]
    public async Task The_error_type_of_the_header_is_kept_when_it_is_well_formed(string posted, string kept)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        (await stage.FailAsync("{}", ("Lambda-Runtime-Function-Error-Type", posted))).IsAccepted();
        Assert.Equal(kept, running.Response.Error!.ErrorType.Name);
    }

    [Theory, Trait("Spec", "ENV-067")]
    [InlineData("{ broken")]
    [InlineData("")]
    [InlineData("\u00ff\u00fe")]
    public async Task An_invalid_error_cause_is_ignored(string cause)
    {
        var (stage, _) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(
            $"POST /2018-06-01/runtime/invocation/{stage.Id}/error HTTP/1.1\r\nHost: x\r\n"
            + $"Lambda-Runtime-Function-Xray-Error-Cause: {cause}\r\nContent-Length: 2\r\n\r\n{{}}");
        (await raw.AnswerAsync()).IsAccepted();
    }

    [Theory]
    [InlineData(
        """{"errorType":"T","errorMessage":"a<b","stackTrace":["s1","s2"],"errorCause":{"x":1},"other":2}""", "application/json",
        """{"errorMessage":"a\u003cb","errorType":"T","stackTrace":["s1","s2"]}""")]
    [InlineData("""{"errorMessage":"m"}""", "application/json", """{"errorMessage":"m","errorType":""}""")]
    [InlineData("""{"errorMessage":5}""", "application/octet-stream", "\"Invalid error body\"")]
    [InlineData("nonsense", "application/octet-stream", "\"Invalid error body\"")]
    public async Task An_error_with_its_cause_in_the_body_is_delivered_without_it(string posted, string contentType, string delivered)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        (await stage.FailAsync(posted, ("Content-Type", "application/vnd.aws.lambda.error.cause+json"))).IsAccepted();
        Assert.Equal((delivered, contentType), (running.Response.ErrorBody, running.Response.Error!.ContentType));
    }

    [Fact, Trait("Spec", "ENV-069")]
    public async Task Trailers_without_the_streaming_header_are_read_and_ignored()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(
            $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + "Trailer: Lambda-Runtime-Function-Error-Type\r\n\r\n"
            + "4\r\n\"ok\"\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Ignored\r\n\r\n"
            + "GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n");
        (await raw.AnswerAsync()).IsAccepted();
        Assert.Equal("pong", (await raw.AnswerAsync()).Body);
        await running.Response.Ended;
        Assert.Equal(("\"ok\"", true), (running.Response.Body, running.Response.IsComplete));
    }

    [Fact, Trait("Spec", "ENV-135")]
    public async Task A_response_after_the_deadline_is_refused_and_not_delivered()
    {
        var (stage, running) = await ApiStage.StartRunningAsync(Way);
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync("GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n");
        await raw.AnswerAsync();
        var id = stage.Id;
        stage.Stage.Advance(3_000);
        await running.Done;

        var late = $"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlate";
        await raw.SendAsync(late);
        (await raw.AnswerAsync()).IsRefusal(400, "InvalidRequestID", "Invalid request ID");
        Assert.Equal(("", ErrorType.SandboxTimedout), (running.Response.Body, running.Response.Error!.ErrorType));
    }

    [Fact]
    public async Task The_id_in_the_path_may_be_percent_encoded()
    {
        var (stage, next) = await ApiStage.StartReadyAsync(Way);
        await using var end = stage;
        var running = stage.Invoke(invocation => invocation with { RequestId = new RequestId("a/b c%") });
        await next;
        (await stage.PostAsync($"runtime/invocation/{Uri.EscapeDataString("a/b c%")}/response", "1")).IsAccepted();
        await running.Response.Ended;
        Assert.True(running.Response.IsComplete);
    }

    /// <summary>A stream whose length nobody can ask for, so that it is sent in chunks.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

/// <summary>The same for requests that are not served in the lane.</summary>
public sealed class Runtime_answers_by_way_of_Kestrel : Runtime_answers
{
    protected override Way Way => Way.Kestrel;
}
