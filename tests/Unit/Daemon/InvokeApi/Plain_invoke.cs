using System.Text;
using Thaw.Daemon.Hosting.Lane;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Plain_invoke
{
    private const string Line = "POST /2015-03-31/functions/hello_1-a/invocations HTTP/1.1\n";

    [Theory]
    [InlineData(Line + "Host: a\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "host: 127.0.0.1:9000\ncontent-length: 0\nX-Amz-Invocation-Type: RequestResponse\nUser-Agent: aws-cli/2 (a; b)\n\n")]
    [InlineData(Line + "Host: a\nConnection: keep-alive\nAuthorization: AWS4 Credential=a, Signature=b\nContent-Length: 2\n\n{}")]
    public void Names_a_function_and_tells_the_length_of_its_event(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));
        Assert.Equal(PlainReading.Plain, Read(bytes, out var request));
        Assert.Equal(("hello_1-a", bytes.Length), (request.NameIn(bytes), request.Bytes));
    }

    [Theory]
    [InlineData("hello/invocations", "hello", null)]
    [InlineData("hello:live/invocations", "hello:live", null)]
    [InlineData("hello%3Alive/invocations", "hello:live", null)]
    [InlineData("hello%3a1/invocations?Qualifier=1", "hello:1", "1")]
    [InlineData("hello/invocations?Qualifier=live_2-a", "hello", "live_2-a")]
    [InlineData("arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ahello/invocations",
        "arn:aws:lambda:us-east-1:000000000000:function:hello", null)]
    public void Names_a_version_or_an_alias_too(string target, string name, string? qualifier)
    {
        var bytes = Encoding.ASCII.GetBytes($"POST /2015-03-31/functions/{target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(PlainReading.Plain, Read(bytes, out var request));
        Assert.Equal((name, qualifier), (request.NameIn(bytes), request.QualifierIn(bytes)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("X-Amz\n", null)]
    [InlineData("X-Amz-Log-Type: Tail\n", true)]
    [InlineData("Accept: x-amz-json\nx-AMZN-Trace-Id: a\n", true)]
    [InlineData("Accept: x-amz\nAx-Amz-Log-Type: Tail\n", false)]
    public void Has_wishes_when_a_header_is_one_of_lambdas(string headers, bool? hasWishes)
    {
        var bytes = Encoding.ASCII.GetBytes((Line + "Host: a\n" + headers + "Content-Length: 0\n\n").ReplaceLineEndings("\r\n"));
        Assert.Equal(hasWishes is null ? PlainReading.Other : PlainReading.Plain, Read(bytes, out var request));
        Assert.Equal(hasWishes ?? false, request.HasWishes);
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\nHost: a\n\n")]
    [InlineData("POST /2015-03-31/functions/a/b/invocations HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions//invocations HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a%62/invocations HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a%3/invocations HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a:$LATEST/invocations HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations? HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations?Qualifier= HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations?qualifier=1 HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations?Qualifier=1&a=b HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations?Qualifier=%24LATEST HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations?Qualifier=a:b HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/ HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations/ HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData("POST /2015-03-31/functions/a/invocations HTTP/1.0\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\n\n")]
    [InlineData(Line + "Content-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\nHost: a\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\nContent-Length: 2\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\nContent-Length: +2\n\n{}")]
    [InlineData(Line + "Host: a\nTransfer-Encoding: chunked\n\n0\n\n")]
    [InlineData(Line + "Host: a\nExpect: 100-continue\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\nConnection: close\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\nX-Amzn-RequestId: 1\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\n folded: 1\nContent-Length: 2\n\n{}")]
    [InlineData(Line + "Host: a\nX-Odd: \u0001\nContent-Length: 2\n\n{}")]
    public void Is_nothing_else(string text) =>
        Assert.Equal(PlainReading.Other, Read(Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n")), out _));

    [Fact]
    public void May_still_come_as_long_as_its_head_has_not_ended()
    {
        var bytes = Encoding.ASCII.GetBytes((Line + "Host: a\nContent-Length: 2\n").ReplaceLineEndings("\r\n"));
        for (var count = 0; count <= bytes.Length; count++)
            Assert.Equal(PlainReading.Incomplete, Read(bytes.AsSpan(0, count), out _));
    }

    private static PlainReading Read(ReadOnlySpan<byte> bytes, out PlainInvoke request) =>
        PlainInvoke.Read(bytes, new LastHeaders(), out request);
}
