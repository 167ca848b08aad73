using System.Buffers;
using System.Text;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// A request that the lane serves: what every runtime sends for every invocation, or first of all when it is restored, written as every
/// client writes it.
///
///   GET /2018-06-01/runtime/invocation/next HTTP/1.1
///   GET /2018-06-01/runtime/restore/next HTTP/1.1
///   POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1
///   Host: name:port
///   Content-Length: 12            the post only
///   token: visible ASCII          no header that changes what the message is, or how it is to be served
/// </summary>
/// <remarks>Nothing is decided or mended here: what is not exactly this is for Kestrel, whose answer then holds; spec: ENV-068.</remarks>
internal readonly record struct PlainRequest(PlainTarget Target, int HeadBytes, int BodyBytes, int IdBytes)
{
    /// <summary>A head that is read anew whenever more of it comes must be short.</summary>
    public const int MaxHeaders = 32;

    private static readonly SearchValues<byte> IdLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static ReadOnlySpan<byte> Next => "GET /2018-06-01/runtime/invocation/next HTTP/1.1"u8;

    private static ReadOnlySpan<byte> RestoreNext => "GET /2018-06-01/runtime/restore/next HTTP/1.1"u8;

    private static ReadOnlySpan<byte> BeforeId => "POST /2018-06-01/runtime/invocation/"u8;

    private static ReadOnlySpan<byte> BehindId => "/response HTTP/1.1"u8;

    public int Bytes => HeadBytes + BodyBytes;

    /// <param name="last">Of the same connection.</param>
    public static PlainReading Read(ReadOnlySpan<byte> received, LastHeaders last, out PlainRequest request)
    {
        request = default;
        var lines = new HeadLines(received);
        if (!lines.TryNext(out var line))
            return lines.CanGoOn ? PlainReading.Incomplete : PlainReading.Other;

        var idBytes = 0;
        var target = PlainTarget.Next;
        if (!line.SequenceEqual(Next))
        {
            idBytes = RequestLine.WordBytes(line, BeforeId, BehindId, IdLetters);
            if (idBytes == 0 && !line.SequenceEqual(RestoreNext))
                return PlainReading.Other;
            target = idBytes == 0 ? PlainTarget.RestoreNext : PlainTarget.Response;
        }

        var reading = PlainHeaders.Read(ref lines, hasBody: idBytes > 0, MaxHeaders, last, out var bodyBytes);
        if (reading == PlainReading.Plain)
            request = new PlainRequest(target, lines.BytesRead, bodyBytes, idBytes);
        return reading;
    }

    /// <summary>The request id of a post.</summary>
    /// <param name="head">The one from which this was read.</param>
    public string IdIn(ReadOnlySpan<byte> head) => Encoding.ASCII.GetString(head.Slice(BeforeId.Length, IdBytes));
}
