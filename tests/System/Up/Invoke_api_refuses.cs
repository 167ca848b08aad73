using System.Text;

namespace Thaw.SystemTests.Up;

/// <summary>What the Invoke API takes for a mistake of its caller: nothing runs, and the answer is JSON with the error's shape.</summary>
public sealed class Invoke_api_refuses(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private readonly RunningDaemon daemon = shared.Running;

    [Theory]
    [InlineData("missing", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:missing")]
    [InlineData("missing:$LATEST", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:missing:$LATEST")]
    [InlineData("worker:7", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:worker:7")]
    [InlineData("worker:prod", "function:worker:prod")]
    [InlineData("a.b", "function:a.b")]
    [InlineData("Worker", "function:Worker")]
    [InlineData(".", null)]
    [InlineData("..%2f..", null)]
    [InlineData("%2e%2e", null)]
    [Trait("Spec", "API-082"), Trait("Spec", "API-016"), Trait("Spec", "API-002")]
    public async Task A_function_that_is_not_there(string name, string? message)
    {
        var answer = await RawCall.AnswerAsync(daemon, $"POST /2015-03-31/functions/{name}/invocations HTTP/1.1", "{}");
        if (message is not null)
            answer.WasRefused(404, "ResourceNotFoundException", message);
        else
            Assert.Contains(answer.Header("x-amzn-ErrorType"), new[] { "UnknownOperationException", "ValidationException" });
    }

    [Theory]
    [InlineData("bad%20name%21"), InlineData("worker:pr!od"), InlineData("worker:"), InlineData("arn:aws:s3:::bucket")]
    [InlineData("w%C3%B6rker"), InlineData("worker%0A"), InlineData("a%2Fb"), InlineData("a:b:c:d:e:f:g:h")]
    public async Task A_name_that_no_function_can_have(string name) => (await daemon.InvokeAsync(name))
        .WasRefused(400, "ValidationException", "at 'functionName' failed to satisfy constraint", "[a-zA-Z0-9-_");

    [Fact, Trait("Spec", "API-023")]
    public async Task A_name_of_65_characters()
    {
        (await daemon.InvokeAsync(new string('n', 65))).WasRefused(400, "InvalidParameterValueException", "65 characters");
        (await daemon.InvokeAsync(new string('n', 64))).WasRefused(404, "ResourceNotFoundException", new string('n', 64));
        (await daemon.InvokeAsync(new string('n', 5_000))).WasRefused(400, "ValidationException");
    }

    [Theory]
    [InlineData("worker", "pr%20od", "ValidationException", "at 'qualifier'")]
    [InlineData("worker:$LATEST", "7", "InvalidParameterValueException", "does not match the specified qualifier")]
    [InlineData("worker:7", "%24LATEST", "InvalidParameterValueException", "does not match the specified qualifier")]
    [Trait("Spec", "API-064")]
    public async Task A_qualifier_that_is_wrong_or_contradicts_the_name(string name, string qualifier, string shape, string word)
    {
        var call = $"POST /2015-03-31/functions/{name}/invocations?Qualifier={qualifier} HTTP/1.1";
        (await RawCall.AnswerAsync(daemon, call, "{}")).WasRefused(400, shape, word);
    }

    [Theory]
    [InlineData("X-Amz-Invocation-Type", "Sometimes", "ValidationException", "'Sometimes' at 'invocationType'")]
    [InlineData("X-Amz-Log-Type", "All", "ValidationException", "'All' at 'logType'")]
    [InlineData("X-Amz-Client-Context", "no base64", "InvalidRequestContentException", "Base64")]
    [InlineData("X-Amz-Client-Context", "eyJ9", "InvalidRequestContentException", "Base64")]
    [InlineData("x-amzn-RequestId", "my-request", "InvalidRequestContentException", "x-amzn-RequestId", "UUID")]
    public async Task A_header_that_says_nothing_known(string name, string value, string shape, params string[] words) =>
        (await daemon.InvokeAsync("never", "{}", (name, value))).WasRefused(400, shape, words);

    [Fact]
    public async Task A_client_context_of_more_than_3583_bytes()
    {
        // Base64 of three bytes each: the longest that fits is 3,580 characters.
        (await daemon.InvokeAsync("worker", "{}", ("X-Amz-Client-Context", Context(2685)))).Succeeded();
        (await daemon.InvokeAsync("worker", "{}", ("X-Amz-Client-Context", Context(2688))))
            .WasRefused(400, "InvalidRequestContentException", "at most 3583 bytes", "3584");

        static string Context(int bytes) => Convert.ToBase64String(Encoding.ASCII.GetBytes($$"""{"a":"{{new string('x', bytes - 8)}}"}"""));
    }

    [Theory]
    [InlineData("{"), InlineData("[1,]"), InlineData("{} {}"), InlineData("nul"), InlineData(" "), InlineData("\"\n\""), InlineData("'a'")]
    [InlineData("// nothing\n{}"), InlineData("\uFEFF{}"), InlineData("{\"a\":1}\0")]
    [Trait("Spec", "API-073")]
    public async Task An_event_that_is_not_JSON(string body)
    {
        (await daemon.InvokeAsync("never", body))
            .WasRefused(400, "InvalidRequestContentException", "Could not parse request body into json");
        Assert.Empty(await daemon.EnvironmentsAsync("never"));
    }

    [Theory, InlineData("\"\xff\""), InlineData("{\"a\xc3\":1}"), InlineData("\"\xed\xa0\x80\""), InlineData("\xff\xfe")]
    [Trait("Spec", "API-073")]
    public async Task An_event_that_is_not_UTF8(string latin)
    {
        using var body = new ByteArrayContent(Encoding.Latin1.GetBytes(latin));
        (await daemon.InvokeAsync("never", body))
            .WasRefused(400, "InvalidRequestContentException", "Could not parse request body into json");
        Assert.Empty(await daemon.EnvironmentsAsync("never"));
    }

    [Fact]
    public async Task An_event_of_a_thousand_brackets_and_more()
    {
        var deep = string.Concat(Enumerable.Repeat('[', 900).Concat(Enumerable.Repeat(']', 900)));
        Assert.Contains($"\"event\":{deep}", (await daemon.InvokeAsync("worker", deep)).Succeeded().Text, StringComparison.Ordinal);
        (await daemon.InvokeAsync("worker", new string('[', 3_000_000))).WasRefused(400, "InvalidRequestContentException");
    }

    [Theory]
    [InlineData("GET", "/"), InlineData("GET", "/nowhere"), InlineData("GET", "/2015-03-31/functions/worker/invocations")]
    [InlineData("PATCH", "/2015-03-31/functions/worker"), InlineData("POST", "/healthz"), InlineData("PUT", "/thaw/environments")]
    [InlineData("POST", "/2015-03-31/functions//invocations"), InlineData("POST", "/2015-03-31/functions/a/b/invocations")]
    [InlineData("GET", "/index.html"), InlineData("OPTIONS", "/2015-03-31/functions/worker/invocations"), InlineData("BREW", "/pot")]
    [Trait("Spec", "API-003")]
    public async Task An_operation_that_it_does_not_know(string method, string path) =>
        (await RawCall.AnswerAsync(daemon, $"{method} {path} HTTP/1.1", "")).WasRefused(404, "UnknownOperationException", method, path);
}
