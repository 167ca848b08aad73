using System.Buffers;
using System.Text;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// A request that the lane serves: what every runtime sends for every invocation, written as every client writes it.
///
///   GET /2018-06-01/runtime/invocation/next HTTP/1.1
///   POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1
///   Host: name:port
///   Content-Length: 12            the post only
///   token: visible ASCII          no header that changes what the message is, or how it is to be served
/// </summary>
/// <remarks>Nothing is decided or mended here: what is not exactly this is for Kestrel, whose answer then holds; spec: ENV-068.</remarks>
internal readonly record struct PlainRequest(int HeadBytes, int BodyBytes, int IdBytes)
{
    /// <summary>A head that is read anew whenever more of it comes must be short.</summary>
    public const int MaxHeaders = 32;

    private static readonly SearchValues<byte> IdLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static ReadOnlySpan<byte> Next => "GET /2018-06-01/runtime/invocation/next HTTP/1.1"u8;

    private static ReadOnlySpan<byte> BeforeId => "POST /2018-06-01/runtime/invocation/"u8;

    private static ReadOnlySpan<byte> BehindId => "/response HTTP/1.1"u8;

    /// <summary>It asks for the next event; otherwise it posts a response.</summary>
    public bool IsNext => IdBytes == 0;

    public int Bytes => HeadBytes + BodyBytes;

    public static PlainReading Read(ReadOnlySpan<byte> received, out PlainRequest request)
    {
        request = default;
        var lines = new HeadLines(received);
        if (!lines.TryNext(out var line))
            return lines.CanGoOn ? PlainReading.Incomplete : PlainReading.Other;

        var idBytes = 0;
        if (!line.SequenceEqual(Next) && (idBytes = IdBytesOf(line)) == 0)
            return PlainReading.Other;

        var headers = new PlainHeaders();
        for (var count = 0; count <= MaxHeaders; count++)
        {
            if (!lines.TryNext(out line))
                return lines.CanGoOn ? PlainReading.Incomplete : PlainReading.Other;
            if (line.IsEmpty)
            {
                request = new PlainRequest(lines.BytesRead, headers.ContentLength ?? 0, idBytes);
                return headers.ArePlainFor(hasBody: idBytes > 0) ? PlainReading.Plain : PlainReading.Other;
            }

            if (!headers.Take(line))
                return PlainReading.Other;
        }

        return PlainReading.Other;
    }

    /// <summary>The request id of a post.</summary>
    /// <param name="head">The one from which this was read.</param>
    public string IdIn(ReadOnlySpan<byte> head) => Encoding.ASCII.GetString(head.Slice(BeforeId.Length, IdBytes));

    private static int IdBytesOf(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(BeforeId) || !line.EndsWith(BehindId) || line.Length <= BeforeId.Length + BehindId.Length)
            return 0;
        var id = line[BeforeId.Length..^BehindId.Length];
        return id.ContainsAnyExcept(IdLetters) ? 0 : id.Length;
    }
}
