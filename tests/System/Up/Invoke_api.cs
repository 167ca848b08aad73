using System.Net.Http.Headers;
using System.Text;

namespace Thaw.SystemTests.Up;

/// <summary>What a synchronous invoke gives its caller, from the outside.</summary>
public sealed class Invoke_api(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private const int MaxRequest = 6_291_456, MaxResponse = 6_291_556;

    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:worker";

    private readonly RunningDaemon daemon = shared.Running;

    [Fact, Trait("Spec", "API-065"), Trait("Spec", "API-078"), Trait("Spec", "API-001"), Trait("Spec", "API-076")]
    public async Task Answers_with_the_bytes_of_the_function_and_says_which_version_ran()
    {
        var answer = (await daemon.InvokeAsync("worker", """{"text":"Zoë \u2603"}""")).Succeeded();

        Assert.Equal("$LATEST", answer.Header("X-Amz-Executed-Version"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.True(Guid.TryParse(answer.Header("x-amzn-RequestId"), out _));
        Assert.Equal(answer.Header("x-amzn-RequestId"), answer.Json.GetProperty("id").GetString());
        Assert.Equal("Zoë ☃", answer.Json.GetProperty("event").GetProperty("text").GetString());
        Assert.Null(answer.Header("X-Amz-Log-Result"));
    }

    [Fact, Trait("Spec", "API-066")]
    public async Task Answers_null_for_a_handler_that_returns_nothing() =>
        Assert.Equal("null", (await daemon.InvokeAsync("worker", """{"how":"nothing"}""")).Succeeded().Text);

    [Fact]
    public async Task Takes_the_request_id_and_the_trace_of_its_caller()
    {
        const string Trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        var id = Guid.NewGuid().ToString();
        var answer = (await daemon.InvokeAsync("worker", "{}", ("x-amzn-RequestId", id), ("X-Amzn-Trace-Id", Trace))).Succeeded();

        Assert.Equal((id, id), (answer.Header("x-amzn-RequestId"), answer.Json.GetProperty("id").GetString()));
        Assert.Equal((Trace, Trace), (answer.Header("X-Amzn-Trace-Id"), answer.Json.GetProperty("trace").GetString()));
    }

    [Fact]
    public async Task Begins_a_trace_for_a_caller_that_has_none()
    {
        var answer = (await daemon.InvokeAsync("worker")).Succeeded();
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$", answer.Header("X-Amzn-Trace-Id")!);
        Assert.Equal(answer.Header("X-Amzn-Trace-Id"), answer.Json.GetProperty("trace").GetString());
    }

    [Fact]
    public async Task Begins_a_trace_for_a_caller_whose_own_no_header_can_carry()
    {
        var answer = await RawCall.SendAsync(daemon, """
            POST /2015-03-31/functions/worker/invocations HTTP/1.1
            Host: here
            Connection: close
            X-Amzn-Trace-Id: Root=ü
            Content-Length: 2

            {}
            """);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Matches("\r\nX-Amzn-Trace-Id: Root=1-[0-9a-f]{8}-", answer);
    }

    [Fact, Trait("Spec", "API-077")]
    public async Task Hands_on_the_client_context()
    {
        // On several lines, and not in ASCII: it travels in a header all the same.
        var context = Convert.ToBase64String(Encoding.UTF8.GetBytes("{\n  \"custom\": { \"name\": \"Zoë\" }\n}"));
        var answer = (await daemon.InvokeAsync("worker", "{}", ("X-Amz-Client-Context", context))).Succeeded();
        Assert.Equal("Zoë", answer.Json.GetProperty("client").GetProperty("custom").GetProperty("name").GetString());
    }

    [Fact, Trait("Spec", "API-074")]
    public async Task Delivers_an_empty_object_for_an_empty_body()
    {
        Assert.Equal("{}", (await daemon.InvokeAsync("worker", body: null)).Succeeded().Json.GetProperty("event").GetRawText());
        using var chunked = new StreamContent(new UnmeasuredStream([]));
        Assert.Equal("{}", (await daemon.InvokeAsync("worker", chunked)).Succeeded().Json.GetProperty("event").GetRawText());
    }

    [Theory, InlineData(null), InlineData("application/octet-stream"), InlineData("text/plain"), Trait("Spec", "API-011")]
    public async Task Minds_no_content_type(string? type)
    {
        using var body = new ByteArrayContent("[1]"u8.ToArray());
        body.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        Assert.Equal("[1]", (await daemon.InvokeAsync("worker", body)).Succeeded().Json.GetProperty("event").GetRawText());
    }

    [Fact, Trait("Spec", "API-075"), Trait("Spec", "API-076")]
    public async Task Shows_the_end_of_the_log_to_who_asks()
    {
        var answer = (await daemon.InvokeAsync("worker", """{"line":"a word"}""", ("X-Amz-Log-Type", "Tail"))).Succeeded();
        var id = answer.Header("x-amzn-RequestId");
        var log = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Header("X-Amz-Log-Result")!)).Split('\n');

        Assert.Equal($"START RequestId: {id} Version: $LATEST", log.First(line => line.StartsWith("START", StringComparison.Ordinal)));
        Assert.Single(log, line => line.EndsWith($"\t{id}\tINFO\ta word", StringComparison.Ordinal));
        Assert.Equal([$"END RequestId: {id}", ""], [log[^3], log[^1]]);
        Assert.Matches($"^REPORT RequestId: {id}\tDuration: ", log[^2]);
        Assert.Null((await daemon.InvokeAsync("worker", "{}", ("X-Amz-Log-Type", "None"))).Header("X-Amz-Log-Result"));
    }

    [Fact, Trait("Spec", "API-075")]
    public async Task Shows_no_more_than_4096_bytes_of_a_long_log()
    {
        var answer = await daemon.InvokeAsync("worker", $$"""{"line":"{{new string('y', 10_000)}}"}""", ("X-Amz-Log-Type", "Tail"));
        var log = Convert.FromBase64String(answer.Succeeded().Header("X-Amz-Log-Result")!);
        Assert.Equal(4096, log.Length);
        Assert.Matches("(?s)^y+\nEND RequestId: .*\nREPORT [^\n]*\n$", Encoding.UTF8.GetString(log));
    }

    [Theory]
    [InlineData(Arn, Arn)]
    [InlineData("arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aworker", Arn)]
    [InlineData("arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aworker%3A%24LATEST", Arn + ":$LATEST")]
    [InlineData("000000000000:function:worker", Arn)]
    [InlineData("000000000000%3Aworker", Arn)]
    [InlineData("function:worker", Arn)]
    [InlineData("worker:$LATEST", Arn + ":$LATEST")]
    [InlineData("worker%3a%24LATEST", Arn + ":$LATEST")]
    [Trait("Spec", "API-006"), Trait("Spec", "API-007"), Trait("Spec", "API-079"), Trait("Spec", "ENV-049")]
    public async Task Knows_a_function_by_each_form_of_its_name(string name, string arn)
    {
        var answer = (await daemon.InvokeAsync(name)).Succeeded().Json;
        Assert.Equal((arn, "$LATEST"), (answer.GetProperty("arn").GetString(), answer.GetProperty("version").GetString()));
    }

    [Fact, Trait("Spec", "API-079")]
    public async Task Knows_the_qualifier_beside_the_name_too()
    {
        var answer = await Answer.OfAsync(await daemon.Http.PostAsync(
            new Uri("/2015-03-31/functions/worker/invocations/?Qualifier=%24LATEST", UriKind.Relative), null,
            TestContext.Current.CancellationToken));
        Assert.Equal($"{Arn}:$LATEST", answer.Succeeded().Json.GetProperty("arn").GetString());
    }

    [Fact, Trait("Spec", "API-080")]
    public async Task Runs_nothing_when_it_is_dry()
    {
        var answer = await daemon.InvokeAsync("never", "{}", ("X-Amz-Invocation-Type", "DryRun"));
        Assert.Equal((204, 0), (answer.Status, answer.Body.Length));
        Assert.Empty(await daemon.EnvironmentsAsync("never"));
        (await daemon.InvokeAsync("missing", "{}", ("X-Amz-Invocation-Type", "DryRun"))).WasRefused(404, "ResourceNotFoundException");
        (await daemon.InvokeAsync("never", "{", ("X-Amz-Invocation-Type", "DryRun"))).WasRefused(400, "InvalidRequestContentException");
    }

    [Theory, InlineData(false), InlineData(true), Trait("Spec", "API-072")]
    public async Task Takes_an_event_of_6291456_bytes_and_not_one_more(bool chunked)
    {
        Assert.Equal($"{MaxRequest}", (await SendAsync(MaxRequest)).Succeeded().Text);
        (await SendAsync(MaxRequest + 1)).WasRefused(413, "RequestTooLargeException", "RequestResponse", "(limit 6291456 bytes)");

        async Task<Answer> SendAsync(int bytes)
        {
            const string Rest = """{"how":"measure","with":""}""";
            var json = Encoding.UTF8.GetBytes(Rest.Insert(Rest.Length - 2, new string('x', bytes - Rest.Length)));
            using HttpContent body = chunked ? new StreamContent(new UnmeasuredStream(json)) : new ByteArrayContent(json);
            return await daemon.InvokeAsync("worker", body);
        }
    }

    [Fact, Trait("Spec", "API-071"), Trait("Spec", "ENV-062"), Trait("Spec", "ENV-063")]
    public async Task Gives_an_answer_of_6291556_bytes_and_not_one_more()
    {
        var largest = (await daemon.InvokeAsync("other", $$"""{"how":"bytes","bytes":{{MaxResponse}}}""")).Succeeded();
        Assert.Equal(MaxResponse, largest.Body.Length);
        Assert.Equal(MaxResponse - 2, largest.Body.AsSpan().Count((byte)'x'));

        (await daemon.InvokeAsync("other", $$"""{"how":"bytes","bytes":{{MaxResponse + 1}}}"""))
            .FailedWith(
                "Function.ResponseSizeTooLarge", @"^Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.$");
        (await daemon.InvokeAsync("other")).Succeeded();
    }
}
