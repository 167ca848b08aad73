namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>What a client could send: requests behind requests, bent at random, and cut into pieces at random.</summary>
public static class BentStreams
{
    private const string Invocation = "/2018-06-01/runtime/invocation";

    private static readonly string[] Requests =
    [
        $"GET {Invocation}/next HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUser-Agent: a\r\nAccept: */*\r\n\r\n",
        $"POST {Invocation}/wrong-one/response HTTP/1.1\r\nHost: localhost:9001\r\nContent-Type: text/x\r\n"
            + "Content-Length: 12\r\n\r\nGET / HTTP/1",
        $"POST {Invocation}/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
        $"POST {Invocation}/x/response HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nContent-Length: 2\r\nAccept: */*\r\n\r\n\r\n",
        "GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n",
    ];

    private const string Letters = "\r\n\0 \t:%/?;,.0159aZ-_\u00e9\u007f";

    public static string[] Next(Random random)
    {
        var stream = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Requests[random.Next(Requests.Length)]));
        for (var bends = random.Next(4); bends > 0; bends--)
            stream = Bent(stream, random);
        int[] cuts = [0, .. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(stream.Length + 1)).Order(), stream.Length];
        return [.. cuts.Zip(cuts.Skip(1), (from, to) => stream[from..to])];
    }

    private static string Bent(string stream, Random random)
    {
        if (stream.Length == 0)
            return stream;
        var at = random.Next(stream.Length);
        var letter = Letters[random.Next(Letters.Length)].ToString();
        var end = Math.Min(stream.Length, at + random.Next(1, 40));
        return random.Next(6) switch
        {
            0 => stream[..at] + letter + stream[(at + 1)..],
            1 => stream.Insert(at, letter),
            2 => stream.Remove(at, 1),
            3 => stream.Insert(at, stream[at..end]),
            4 => stream.Remove(at, end - at),
            _ => stream[..at],
        };
    }
}
