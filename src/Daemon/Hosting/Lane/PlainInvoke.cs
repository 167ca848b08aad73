using System.Buffers;
using System.Text;
using Thaw.Contracts;
using Thaw.EnvironmentApis.Lane;

namespace Thaw.Daemon.Hosting.Lane;

/// <summary>
/// A request that the callers' lane serves: what every SDK sends for an Invoke of a function, by its name or ARN, with a version or an
/// alias or without.
///
///   POST /2015-03-31/functions/{name}/invocations[?Qualifier={qualifier}] HTTP/1.1
///   Host: name:port
///   Content-Length: 12
///   token: visible ASCII          no header that changes what the message is, or how it is to be served
///
///   name, qualifier: letters, digits, - and _; a name may have colons too, each perhaps written %3A
/// </summary>
/// <remarks>Nothing is decided or mended here: what is not exactly this is for Kestrel.</remarks>
/// <param name="HasWishes">Some header is one of Lambda's, which all begin with <c>X-Amz</c>.</param>
internal readonly record struct PlainInvoke(int HeadBytes, int BodyBytes, int NameBytes, int QualifierBytes, bool HasWishes)
{
    private const int MaxHeaders = 48;
    private const string Colon = ":", EncodedColon = "%3A";

    private static readonly SearchValues<byte> QualifierLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly SearchValues<byte> NameLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:%"u8);

    private static ReadOnlySpan<byte> BeforeName => "POST /2015-03-31/functions/"u8;

    private static ReadOnlySpan<byte> BehindName => "/invocations"u8;

    private static ReadOnlySpan<byte> BeforeQualifier => "?Qualifier="u8;

    private static ReadOnlySpan<byte> BehindTarget => " HTTP/1.1"u8;

    public int Bytes => HeadBytes + BodyBytes;

    /// <summary>Its body has to be read from the connection. (One that is too large even for an event is refused by Kestrel.)</summary>
    public bool IsLong => Bytes > CallerConnection.BufferBytes && BodyBytes <= Limits.InvokeRequestBytes;

    /// <param name="last">Of the same connection.</param>
    public static PlainReading Read(ReadOnlySpan<byte> received, LastHeaders last, out PlainInvoke request)
    {
        request = default;
        var lines = new HeadLines(received);
        if (!lines.TryNext(out var line))
            return lines.CanGoOn ? PlainReading.Incomplete : PlainReading.Other;
        if (!TryReadTarget(line, out var nameBytes, out var qualifierBytes))
            return PlainReading.Other;

        var reading = PlainHeaders.Read(ref lines, hasBody: true, MaxHeaders, last, out var bodyBytes);
        if (reading != PlainReading.Plain)
            return reading;

        // A caller that chooses the request id itself is seldom, and its id has rules of its own.
        var head = received[..lines.BytesRead];
        var hasWishes = PlainHeaders.HasAny(head, "x-amz"u8);
        if (hasWishes && PlainHeaders.Find(head, "x-amzn-RequestId") is not null)
            return PlainReading.Other;
        request = new PlainInvoke(lines.BytesRead, bodyBytes, nameBytes, qualifierBytes, hasWishes);
        return reading;
    }

    /// <summary>The function, as the path names it, decoded.</summary>
    /// <param name="head">The one from which this was read.</param>
    public string NameIn(ReadOnlySpan<byte> head)
    {
        var name = Encoding.ASCII.GetString(head.Slice(BeforeName.Length, NameBytes));
        return name.Contains('%', StringComparison.Ordinal) ? name.Replace(EncodedColon, Colon, StringComparison.OrdinalIgnoreCase) : name;
    }

    /// <summary>The qualifier, as the query names it; null when it names none.</summary>
    /// <param name="head">The one from which this was read.</param>
    public string? QualifierIn(ReadOnlySpan<byte> head) => QualifierBytes == 0
        ? null
        : Encoding.ASCII.GetString(head.Slice(
            BeforeName.Length + NameBytes + BehindName.Length + BeforeQualifier.Length, QualifierBytes));

    private static bool TryReadTarget(ReadOnlySpan<byte> line, out int nameBytes, out int qualifierBytes)
    {
        (nameBytes, qualifierBytes) = (0, 0);
        if (!line.StartsWith(BeforeName) || !line.EndsWith(BehindTarget) || line.Length < BeforeName.Length + BehindTarget.Length)
            return false;
        var rest = line[BeforeName.Length..^BehindTarget.Length];
        nameBytes = rest.IndexOfAnyExcept(NameLetters);
        if (nameBytes <= 0 || !HasOnlyColonsEncoded(rest[..nameBytes]) || !rest[nameBytes..].StartsWith(BehindName))
            return false;
        rest = rest[(nameBytes + BehindName.Length)..];
        if (rest.IsEmpty)
            return true;
        if (!rest.StartsWith(BeforeQualifier))
            return false;
        var qualifier = rest[BeforeQualifier.Length..];
        qualifierBytes = qualifier.Length;
        return !qualifier.IsEmpty && !qualifier.ContainsAnyExcept(QualifierLetters);
    }

    private static bool HasOnlyColonsEncoded(ReadOnlySpan<byte> name)
    {
        for (var at = name.IndexOf((byte)'%'); at >= 0; at = name.IndexOf((byte)'%'))
        {
            name = name[at..];
            if (name.Length < EncodedColon.Length || !Ascii.EqualsIgnoreCase(name[..EncodedColon.Length], EncodedColon))
                return false;
            name = name[EncodedColon.Length..];
        }

        return true;
    }
}
