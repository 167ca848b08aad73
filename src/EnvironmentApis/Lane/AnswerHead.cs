using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>Writes the head of an answer: the same lines that Kestrel would send, if in another order.</summary>
internal ref struct AnswerHead(Span<byte> to)
{
    /// <summary>Room for everything but the headers that the handler adds.</summary>
    private const int BytesOfOurOwn = 256;

    // UTF-8 has three for what UTF-16 has in one, and four for two.
    private const int MostBytesOfLetter = 3;

    private readonly Span<byte> to = to;

    public int Bytes { get; private set; }

    /// <summary>The most that the head can take.</summary>
    public static int MostBytes(List<(string Name, string Line)> headers)
    {
        var bytes = BytesOfOurOwn;
        foreach (var (name, line) in headers)
            bytes += 4 + name.Length + (line.Length * MostBytesOfLetter);
        return bytes;
    }

    public void Write(
        int status, List<(string Name, string Line)> headers, int bodyBytes, bool closes, ReadOnlySpan<byte> date)
    {
        WriteStatus(status);
        if (status != StatusCodes.Status204NoContent)
            WriteLength(bodyBytes);
        Write(date);
        foreach (var (name, line) in headers)
        {
            Write("\r\n"u8);
            Write(name);
            Write(": "u8);
            Write(line);
        }

        Write(closes ? "\r\nConnection: close\r\n\r\n"u8 : "\r\n\r\n"u8);
    }

    private void WriteLength(int bodyBytes)
    {
        Write("\r\nContent-Length: "u8);
        Utf8Formatter.TryFormat(bodyBytes, to[Bytes..], out var digits);
        Bytes += digits;
    }

    private void WriteStatus(int status)
    {
        if (status == 200)
            Write("HTTP/1.1 200 OK"u8);
        else if (status == 202)
            Write("HTTP/1.1 202 Accepted"u8);
        else
            Write(FormattableString.Invariant($"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}"));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[Bytes..]);
        Bytes += bytes.Length;
    }

    // Kestrel's encoding too, by our settings: a client context may hold any text, all others are ASCII.
    private void Write(string text)
    {
        var room = to[Bytes..];
        Bytes += Ascii.FromUtf16(text, room, out var written) == OperationStatus.Done ? written : Encoding.UTF8.GetBytes(text, room);
    }
}
