using System.Text;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.UnitTests.EnvironmentApis.Lane;

public sealed class Last_headers
{
    private const string Get = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n";
    private const string Post = "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\n";

    private readonly LastHeaders last = new();

    [Fact]
    public void Spare_a_client_that_says_the_same_again_another_reading()
    {
        const string Lines = "Host: a\r\nContent-Length: 2\r\n\r\n";
        Assert.Equal(PlainReading.Plain, Read(Post + Lines + "{}", out var first));

        Assert.True(last.StandIn(Encoding.ASCII.GetBytes(Lines), hasBody: true, out var bytes, out var bodyBytes));
        Assert.Equal((Lines.Length, 2), (bytes, bodyBytes));
        Assert.Equal(PlainReading.Plain, Read(Post + Lines + "{}", out var second));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("Host: a\r\nContent-Length: 3\r\n\r\n", PlainReading.Plain)]
    [InlineData("Host: a\r\nContent-Length: 2\r\nX: y\r\n\r\n", PlainReading.Plain)]
    [InlineData("Host: a\r\nContent-Length: 2\r\n", PlainReading.Incomplete)]
    [InlineData("Host: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", PlainReading.Other)]
    [InlineData("Host: a\r\nContent-Length: 22\r\n\r\n", PlainReading.Plain)]
    public void Say_nothing_of_others(string lines, PlainReading reading)
    {
        Read(Post + "Host: a\r\nContent-Length: 2\r\n\r\n{}", out _);

        Assert.Equal(reading, Read(Post + lines, out var request));
        Assert.Equal(Read(Post + lines, new LastHeaders(), out var anew), reading);
        Assert.Equal(anew, request);
    }

    [Fact]
    public void Are_those_of_a_get_and_those_of_a_post()
    {
        Read(Get + "Host: a\r\n\r\n", out _);
        Assert.Equal(PlainReading.Other, Read(Post + "Host: a\r\n\r\n", out _));
        Read(Post + "Host: a\r\nContent-Length: 0\r\n\r\n", out _);

        Assert.True(last.StandIn("Host: a\r\n\r\nGET"u8, hasBody: false, out _, out _));
        Assert.True(last.StandIn("Host: a\r\nContent-Length: 0\r\n\r\n"u8, hasBody: true, out _, out _));
        Assert.Equal(PlainReading.Other, Read(Get + "Host: a\r\nContent-Length: 0\r\n\r\n", out _));
    }

    [Fact]
    public void Are_the_last_ones_whether_longer_or_shorter()
    {
        string[] heads = ["Host: a\r\n\r\n", $"Host: a\r\nX: {new string('y', 500)}\r\n\r\n", "Host: a\r\n\r\n", "Host: b\r\nX: y\r\n\r\n"];
        foreach (var head in heads)
        {
            Assert.Equal(PlainReading.Plain, Read(Get + head, out var request));
            Assert.Equal(PlainReading.Plain, Read(Get + head, new LastHeaders(), out var anew));
            Assert.Equal(anew, request);
            Assert.True(last.StandIn(Encoding.ASCII.GetBytes(head), hasBody: false, out var bytes, out _));
            Assert.Equal(head.Length, bytes);
        }
    }

    [Fact]
    public void Are_forgotten_when_longer_ones_come()
    {
        Read(Get + "Host: a\r\n\r\n", out _);
        var words = string.Concat(Enumerable.Range(0, 20).Select(number => $"x-{number}: {new string('y', 60)}\r\n"));

        Assert.Equal(PlainReading.Plain, Read($"{Get}Host: a\r\n{words}\r\n", out var request));

        Assert.Equal(PlainReading.Plain, Read($"{Get}Host: a\r\n{words}\r\n", out var again));
        Assert.Equal(request, again);
        Assert.False(last.StandIn("Host: a\r\n\r\n"u8, hasBody: false, out _, out _));
    }

    private PlainReading Read(string bytes, out PlainRequest request) => Read(bytes, last, out request);

    private static PlainReading Read(string bytes, LastHeaders last, out PlainRequest request) =>
        PlainRequest.Read(Encoding.ASCII.GetBytes(bytes), last, out request);
}
