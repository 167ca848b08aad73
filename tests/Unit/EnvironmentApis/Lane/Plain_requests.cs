using System.Text;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.UnitTests.EnvironmentApis.Lane;

public class Plain_requests
{
    private const string Get = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n";
    private const string Restore = "GET /2018-06-01/runtime/restore/next HTTP/1.1\r\n";
    private const string Post = "POST /2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response HTTP/1.1\r\n";

    [Theory]
    [InlineData(Get + "Host: 127.0.0.1:9001\r\nUser-Agent: AWS_Lambda_Cpp/0.2.10\r\nAccept: */*\r\n\r\n")]
    [InlineData(Get + "Accept-Encoding: identity\r\nHost:localhost\r\nConnection: Keep-Alive\r\n\r\n")]
    [InlineData(Post + "Host: x\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Post + "content-length: 16000\r\nhost: x\r\nlambda-runtime-invocation-id: \t a\tb\t \r\n\r\n")]
    [InlineData(Restore + "Host: x\r\n\r\n")]
    public void Are_what_runtimes_send_for_every_invocation(string head) =>
        Assert.Equal((PlainReading.Plain, head.Length), (Read(head, out var request), request.HeadBytes));

    [Theory]
    [InlineData(Get + "Host: x\r\n\r\n")]
    [InlineData(Post + "Host: x\r\nContent-Length: 5\r\n\r\n")]
    public void Are_incomplete_until_their_head_is_whole(string head)
    {
        for (var length = 0; length < head.Length; length++)
            Assert.Equal(PlainReading.Incomplete, Read(head[..length], out _));
    }

    [Theory]
    [InlineData("GET /2018-06-01/ping HTTP/1.1\r\n")]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.0\r\n")]
    [InlineData("GET /2018-06-01/runtime/invocation/next?a HTTP/1.1\r\n")]
    [InlineData("POST /2018-06-01/runtime/invocation/a%2Fb/response HTTP/1.1\r\n")]
    [InlineData("POST /2018-06-01/runtime/invocation/../response HTTP/1.1\r\n")]
    [InlineData("POST /2018-06-01/runtime/invocation//response HTTP/1.1\r\n")]
    [InlineData("POST /2018-06-01/runtime/invocation/response HTTP/1.1\r\n")]
    [InlineData("GET /2018-06-01/runtime/restore/next/ HTTP/1.1\r\n")]
    [InlineData("POST /2018-06-01/runtime/restore/error HTTP/1.1\r\n")]
    [InlineData("POST /2018-06-01/runtime/invocation/a/error HTTP/1.1\r\n")]
    [InlineData(Get + "\r\n")]
    [InlineData(Get + "Host: x\r\nHost: x\r\n")]
    [InlineData(Get + "Host: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Get + "Host: x\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData(Get + "Host: x\r\nConnection: close\r\n")]
    [InlineData(Get + "Host: x\r\nTE: trailers\r\n")]
    [InlineData(Get + "Host: x\r\nExpect: 100-continue\r\n")]
    [InlineData(Get + "Host: x\r\nUpgrade: y\r\n")]
    [InlineData(Get + "Host: x\r\nTrailer: y\r\n")]
    [InlineData(Get + "Host: x\r\nX: a\r\n b\r\n")]
    [InlineData(Get + "Host: x\r\nX: \u00e9\r\n")]
    [InlineData(Post + "Host: x\r\n\r\n")]
    [InlineData(Post + "Host: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n")]
    [InlineData(Post + "Host: x\r\nContent-Length: +5\r\n")]
    [InlineData(Post + "Host: x\r\nContent-Length: 10000000\r\n")]
    [InlineData(Post + "Host: x\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n")]
    [InlineData(Get + "Host: x\n")]
    [InlineData(Get + "Host: x\ry")]
    [InlineData(Get + "Host\0")]
    public void Are_nothing_else_and_that_shows_with_the_line_that_is_not_plain(string head) =>
        Assert.Equal(PlainReading.Other, Read(head, out _));

    [Fact]
    public void Tell_their_id_their_length_and_their_headers()
    {
        const string Head = Post + "Host: x\r\nA: \r\nB: 1\r\nb: 2\r\nLong-Name: a: b\t\r\nContent-Length: 12\r\n\r\n";
        Read(Head + "body: no\r\n\r\n", out var request);
        var head = Encoding.Latin1.GetBytes(Head).AsSpan();

        Assert.Equal((PlainTarget.Response, Head.Length, 12), (request.Target, request.HeadBytes, request.BodyBytes));
        Assert.Equal("8476a536-e9f4-11e8-9739-2dfe598c3fcd", request.IdIn(head));
        Assert.Equal("1", PlainHeaders.Find(head, "b"));
        Assert.Equal("a: b", PlainHeaders.Find(head, "long-NAME"));
        Assert.Null(PlainHeaders.Find(head, "A"));
        Assert.Null(PlainHeaders.Find(head, "Long"));
        Assert.Null(PlainHeaders.Find(head, "body"));
    }

    [Theory]
    [InlineData(Get, PlainTarget.Next)]
    [InlineData(Restore, PlainTarget.RestoreNext)]
    public void Tell_what_they_wait_for(string line, object target)
    {
        Read($"{line}Host: x\r\n\r\n", out var request);
        Assert.Equal(target, request.Target);
    }

    [Theory]
    [InlineData(PlainRequest.MaxHeaders, true)]
    [InlineData(PlainRequest.MaxHeaders + 1, false)]
    public void Have_few_headers(int count, bool isPlain)
    {
        var headers = string.Concat(Enumerable.Range(1, count - 1).Select(number => $"x-{number}: y\r\n"));
        Assert.Equal(isPlain, Read($"{Get}Host: x\r\n{headers}\r\n", out _) == PlainReading.Plain);
    }

    private static PlainReading Read(string bytes, out PlainRequest request) =>
        PlainRequest.Read(Encoding.Latin1.GetBytes(bytes), new LastHeaders(), out request);
}
