using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>The headers of a plain request: read once to see that all are plain, and again for the few that are asked for.</summary>
public ref struct PlainHeaders
{
    private const byte Colon = (byte)':';

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> HostLetters =
        SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    private bool hasHost;

    public int? ContentLength { get; private set; }

    /// <summary>Reads the lines behind the first one, to the end of the head.</summary>
    /// <param name="most">A head that is read anew whenever more of it comes must be short.</param>
    /// <param name="last">Of the same connection.</param>
    public static PlainReading Read(ref HeadLines lines, bool hasBody, int most, LastHeaders last, out int bodyBytes)
    {
        var behindFirst = lines.Rest;
        if (last.StandIn(behindFirst, hasBody, out var known, out bodyBytes))
        {
            lines.Skip(known);
            return PlainReading.Plain;
        }

        var reading = ReadAnew(ref lines, hasBody, most, out bodyBytes);
        if (reading == PlainReading.Plain)
            last.Keep(behindFirst[..^lines.Rest.Length], hasBody, bodyBytes);
        return reading;
    }

    /// <summary>The value of the first header of that name in a plain head; null when it is absent or empty.</summary>
    public static string? Find(ReadOnlySpan<byte> head, string name)
    {
        // The head is known to be plain: each LF ends a line, behind a CR, and the first line is not taken for a header, for it has spaces.
        var rest = head;
        for (int end; (end = rest.IndexOf((byte)'\n')) > 0; rest = rest[(end + 1)..])
        {
            if (end > name.Length && rest[name.Length] == Colon && Ascii.EqualsIgnoreCase(rest[..name.Length], name))
                return TextOf(Trimmed(rest[(name.Length + 1)..(end - 1)]));
        }

        return null;
    }

    /// <summary>Whether a plain head has headers whose names begin so.</summary>
    /// <param name="beginning">In small letters.</param>
    public static bool HasAny(ReadOnlySpan<byte> head, ReadOnlySpan<byte> beginning)
    {
        var rest = head;
        for (int end; (end = rest.IndexOf((byte)'\n')) > 0; rest = rest[(end + 1)..])
        {
            if (end > beginning.Length && (rest[0] | 0x20) == beginning[0] && Is(rest[..beginning.Length], beginning))
                return true;
        }

        return false;
    }

    /// <summary>Takes note of a header, unless it is one that is not plain.</summary>
    public bool Take(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf(Colon);
        if (colon <= 0)
            return false;
        var name = line[..colon];
        var value = line[(colon + 1)..];
        return !name.ContainsAnyExcept(Token) && HeadLines.IsText(value) && TakeKnown(name, Trimmed(value));
    }

    /// <summary>Kestrel refuses a request without Host, and no other than a post has a length here.</summary>
    public readonly bool ArePlainFor(bool hasBody) => hasHost && ContentLength.HasValue == hasBody;

    private static PlainReading ReadAnew(ref HeadLines lines, bool hasBody, int most, out int bodyBytes)
    {
        bodyBytes = 0;
        var headers = new PlainHeaders();
        for (var count = 0; count <= most; count++)
        {
            if (!lines.TryNext(out var line))
                return lines.CanGoOn ? PlainReading.Incomplete : PlainReading.Other;
            if (line.IsEmpty)
            {
                bodyBytes = headers.ContentLength ?? 0;
                return headers.ArePlainFor(hasBody) ? PlainReading.Plain : PlainReading.Other;
            }

            if (!headers.Take(line))
                return PlainReading.Other;
        }

        return PlainReading.Other;
    }

    private bool TakeKnown(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name.Length switch
    {
        2 => !Is(name, "te"u8),
        4 => !Is(name, "host"u8) || TakeHost(value),
        6 => !Is(name, "expect"u8),
        7 => !Is(name, "upgrade"u8) && !Is(name, "trailer"u8),
        10 => !Is(name, "connection"u8) || Is(value, "keep-alive"u8),
        14 => !Is(name, "content-length"u8) || TakeContentLength(value),
        17 => !Is(name, "transfer-encoding"u8),
        37 => !Is(name, "lambda-runtime-function-response-mode"u8),
        _ => true,
    };

    private bool TakeHost(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf(Colon);
        var host = colon < 0 ? value : value[..colon];
        var port = colon < 0 ? "0"u8 : value[(colon + 1)..];
        var isFirst = !hasHost;
        hasHost = true;
        return isFirst && !host.IsEmpty && !host.ContainsAnyExcept(HostLetters) && !port.IsEmpty && !port.ContainsAnyExcept(Digits);
    }

    private bool TakeContentLength(ReadOnlySpan<byte> value)
    {
        // More digits would be more than any body that is served here.
        if (ContentLength.HasValue || value.Length > 7 || value.ContainsAnyExcept(Digits)
            || !Utf8Parser.TryParse(value, out int length, out _))
        {
            return false;
        }

        ContentLength = length;
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

    // What nearly every response says of itself costs no new text.
    private static string? TextOf(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("application/json"u8) ? "application/json" : value.IsEmpty ? null : Encoding.ASCII.GetString(value);
}
