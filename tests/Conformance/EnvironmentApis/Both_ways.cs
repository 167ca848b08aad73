using System.Globalization;
using System.Text;
using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>Nobody can tell by an answer whether the lane or Kestrel gave it.</summary>
public class Both_ways
{
    private const string Invocation = "/2018-06-01/runtime/invocation";
    private const string Next = $"GET {Invocation}/next HTTP/1.1\r\nHost: x\r\n\r\n";

    [Theory]
    [InlineData("Host: x\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HOST: x:1\r\ncontent-LENGTH: \t2 \r\nCONTENT-type:a/b\r\nLAMBDA-runtime-INVOCATION-id:\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("Host: x\r\n\r\n")]
    [InlineData("Host: x\r\nContent-Length: 00002\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 00000000000000000002\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 99999999999999999999\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: +2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: -2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 0x2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 2 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 2, 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length:\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length : 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [InlineData("Host: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [InlineData("Host: x\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nUpgrade: y\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nTE: trailers\r\nTrailer: a\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nConnection: keep-alive, x\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Type: \r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nLambda-Runtime-Invocation-Id: other\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nLambda-Runtime-Function-Response-Mode: other\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\nContent-Length: 2\n\nok")]
    [InlineData("Host: x\r\nContent-Length: 2\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 2\r\n\nok")]
    [InlineData("Host: x\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nX\0: a\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nX: \u00e9\u007f\u0001\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Type: \u00c3\u00a9\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nX Y: a\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\n: a\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nno colon\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData(" Host: x\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Content-Length: 2\r\n\r\nok")]
    [InlineData("Host:\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x y\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: :80\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x:\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x:y\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: [::1]:80\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 5\r\n\r\nok")]
    [InlineData("Host: x\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("Host: x\r\nContent-Length: 2\r\n")]
    [InlineData("Host: x\r\nContent-Le")]
    [InlineData("Host: x\r\nContent-Length: 2\r\n\r\nokGARBAGE\r\n\r\n")]
    [InlineData("Host: x\r\nContent-Length: 2\r\n\r\nok\r\n\r\n")]
    public async Task Answer_a_response_alike_whatever_its_headers(string headersAndBody)
    {
        await using var both = await TwinStages.StartAsync();
        Same(await both.ShowAsync($"POST {Invocation}/ID/response HTTP/1.1\r\n{headersAndBody}"));
    }

    [Theory]
    [InlineData($"GET {Invocation}/next HTTP/1.1")]
    [InlineData($"GET {Invocation}/next HTTP/1.0")]
    [InlineData($"GET {Invocation}/next HTTP/1.2")]
    [InlineData($"GET {Invocation}/next HTTP/2.0")]
    [InlineData($"GET {Invocation}/next http/1.1")]
    [InlineData($"GET {Invocation}/next")]
    [InlineData($"get {Invocation}/next HTTP/1.1")]
    [InlineData($"HEAD {Invocation}/next HTTP/1.1")]
    [InlineData($"POST {Invocation}/next HTTP/1.1")]
    [InlineData($"GET  {Invocation}/next HTTP/1.1")]
    [InlineData($"GET {Invocation}/next HTTP/1.1 ")]
    [InlineData($"GET {Invocation}/next  HTTP/1.1")]
    [InlineData($"GET\t{Invocation}/next HTTP/1.1")]
    [InlineData($"\r\nGET {Invocation}/next HTTP/1.1")]
    [InlineData($"GET http://x{Invocation}/next HTTP/1.1")]
    [InlineData($"GET http://y{Invocation}/next HTTP/1.1")]
    [InlineData($"GET {Invocation}/next/ HTTP/1.1")]
    [InlineData($"GET {Invocation}/next? HTTP/1.1")]
    [InlineData($"GET {Invocation}/next?a=b HTTP/1.1")]
    [InlineData($"GET {Invocation}/next#a HTTP/1.1")]
    [InlineData($"GET {Invocation}/%6eext HTTP/1.1")]
    [InlineData($"GET {Invocation}/./next HTTP/1.1")]
    [InlineData($"GET {Invocation}//next HTTP/1.1")]
    [InlineData($"GET {Invocation}/NEXT HTTP/1.1")]
    [InlineData($"GET {Invocation}/ID/response HTTP/1.1")]
    public async Task Answer_a_poll_alike_however_it_is_written(string line)
    {
        await using var both = await TwinStages.StartAsync();
        Same(await both.ShowAsync($"{line}\r\nHost: x\r\n\r\n"));
    }

    [Theory]
    [InlineData("ID")]
    [InlineData("other")]
    [InlineData("next")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../ID")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("a~b")]
    [InlineData("%49D")]
    [InlineData("a%2Fb")]
    [InlineData("a%zzb")]
    [InlineData("a%00b")]
    [InlineData("a b")]
    [InlineData("a?b")]
    [InlineData("\u00e9")]
    public async Task Answer_a_response_alike_whatever_its_id(string id)
    {
        await using var both = await TwinStages.StartAsync();
        Same(await both.ShowAsync($"POST {Invocation}/{id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok"));
    }

    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\n\r\nok")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Accept: */*\r\nUser-Agent: AWS_Lambda_Cpp/0.2.10\r\n\r\n")]
    [InlineData("Accept: */*\r\n")]
    public async Task Answer_a_poll_alike_whatever_its_headers(string headersAndBody)
    {
        await using var both = await TwinStages.StartAsync();
        Same(await both.ShowAsync($"GET {Invocation}/next HTTP/1.1\r\nHost: x\r\n{headersAndBody}"));
    }

    [Theory]
    [InlineData("{}", "text/plain; charset=latin1", "Root=1", "a")]
    [InlineData("", null, "", null)]
    [InlineData("\u00e9", "a\r\nb: c", "\u0001\u007f", "\u00e9\u4e2d \ud800 \n")]
    [InlineData("{}", " a/b ", " ", "\ud83d\ude00")]
    public async Task Send_the_same_event(string @event, string? contentType, string? traceId, string? clientContext)
    {
        await using var both = await TwinStages.StartAsync(invocation => invocation with
        {
            Event = Encoding.UTF8.GetBytes(@event),
            ContentType = contentType ?? "",
            Origin = new InvocationOrigin(traceId),
            ClientContext = clientContext,
        });
        Same(await both.ShowAsync(Next));
    }

    [Theory]
    [InlineData(32_000)]
    [InlineData(32_680)]
    [InlineData(32_768)]
    [InlineData(200_000)]
    public async Task Take_heads_and_bodies_of_any_length(int bytes)
    {
        await using var both = await TwinStages.StartAsync();
        var text = new string('a', bytes);
        var poll = $"GET {Invocation}/next HTTP/1.1\r\nHost: x\r\nX: {text}\r\n\r\n";
        var length = $"Content-Length: {bytes}\r\n";
        Same(await both.ShowAsync($"{Next}{poll}{Next}POST {Invocation}/ID/response HTTP/1.1\r\nHost: x\r\n{length}\r\n{text}"));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(500)]
    public async Task Take_any_number_of_headers(int count)
    {
        await using var both = await TwinStages.StartAsync();
        var headers = string.Concat(Enumerable.Range(1, count - 1).Select(number => $"x-{number}: {number}\r\n"));
        Same(await both.ShowAsync($"{Next}GET {Invocation}/next HTTP/1.1\r\nHost: x\r\n{headers}\r\n{Next}"));
    }

    /// <summary>Legal streams, bent here and there and cut into pieces. None changes the state, so all may go to one stage.</summary>
    [Fact]
    public async Task Answer_whatever_comes_alike()
    {
        await using var both = await TwinStages.StartAsync();
        var random = new Random(15);
        for (var round = 0; round < 300; round++)
        {
            var stream = BentStreams.Next(random);
            var shown = await both.ShowAsync(stream);
            Assert.True(shown.Lane == shown.Kestrel, string.Create(CultureInfo.InvariantCulture,
                $"round {round}: {string.Join(" | ", stream)}\n--- lane\n{shown.Lane}\n--- Kestrel\n{shown.Kestrel}"));
        }
    }

    private static void Same((string Lane, string Kestrel) shown) => Assert.Equal(shown.Kestrel, shown.Lane);
}
