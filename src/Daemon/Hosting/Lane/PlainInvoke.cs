using System.Buffers;
using System.Text;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.Daemon.Hosting.Lane;

/// <summary>
/// A request that the callers' lane serves: what every SDK sends for an Invoke of a function that it names by its bare name.
///
///   POST /2015-03-31/functions/{name}/invocations HTTP/1.1
///   Host: name:port
///   Content-Length: 12
///   token: visible ASCII          no header that changes what the message is, or how it is to be served
/// </summary>
/// <remarks>Nothing is decided or mended here: what is not exactly this is for Kestrel.</remarks>
internal readonly record struct PlainInvoke(int HeadBytes, int BodyBytes, int NameBytes)
{
    private const int MaxHeaders = 48;

    private static readonly SearchValues<byte> NameLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static ReadOnlySpan<byte> BeforeName => "POST /2015-03-31/functions/"u8;

    private static ReadOnlySpan<byte> BehindName => "/invocations HTTP/1.1"u8;

    public int Bytes => HeadBytes + BodyBytes;

    public static PlainReading Read(ReadOnlySpan<byte> received, out PlainInvoke request)
    {
        request = default;
        var lines = new HeadLines(received);
        if (!lines.TryNext(out var line))
            return lines.CanGoOn ? PlainReading.Incomplete : PlainReading.Other;
        var nameBytes = RequestLine.WordBytes(line, BeforeName, BehindName, NameLetters);
        if (nameBytes == 0)
            return PlainReading.Other;

        var reading = PlainHeaders.Read(ref lines, hasBody: true, MaxHeaders, out var bodyBytes);
        if (reading != PlainReading.Plain)
            return reading;

        // A caller that chooses the request id itself is seldom, and its id has rules of its own.
        if (PlainHeaders.Find(received[..lines.BytesRead], "x-amzn-RequestId") is not null)
            return PlainReading.Other;
        request = new PlainInvoke(lines.BytesRead, bodyBytes, nameBytes);
        return reading;
    }

    /// <summary>The function's name.</summary>
    /// <param name="head">The one from which this was read.</param>
    public string NameIn(ReadOnlySpan<byte> head) => Encoding.ASCII.GetString(head.Slice(BeforeName.Length, NameBytes));
}
