using System.Buffers;

namespace Thaw.Telemetry.Lines;

/// <summary>
/// Goes through JSON without an object and without an exception: functions may write lines that only look like it, a hundred thousand at
/// a time, and <c>Utf8JsonReader</c> throws at each.
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> json)
{
    /// <summary>As deep as values may stand in each other.</summary>
    private const int MaxDepth = 128;

    private static readonly SearchValues<byte> EndsOrEscapes =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(letter => (byte)letter), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> text = json;
    private int at;
    private int depth;

    /// <summary>Whether nothing but white space is left.</summary>
    public bool IsAtEnd
    {
        get
        {
            SkipSpace();
            return at == text.Length;
        }
    }

    /// <summary>Takes this one letter, if it comes next.</summary>
    public bool Take(char letter)
    {
        SkipSpace();
        if (at == text.Length || text[at] != letter)
            return false;
        at++;
        return true;
    }

    /// <summary>Takes a string as it is written, without its quotation marks; escapes are checked and left alone.</summary>
    public bool TakeString(out ReadOnlySpan<byte> inside)
    {
        inside = default;
        if (!Take('"'))
            return false;
        for (var start = at; text[at..].IndexOfAny(EndsOrEscapes) is var length and >= 0;)
        {
            at += length;
            if (text[at] == '"')
            {
                inside = text[start..at++];
                return true;
            }

            if (text[at] != '\\' || !TakeEscape())
                return false;
        }

        return false;
    }

    /// <summary>Takes a value of any kind.</summary>
    /// <param name="raw">As it is written.</param>
    public bool TakeValue(out ReadOnlySpan<byte> raw)
    {
        SkipSpace();
        var start = at;
        var isValue = at < text.Length && text[at] switch
        {
            (byte)'{' => TakeAll('{', '}', hasNames: true),
            (byte)'[' => TakeAll('[', ']', hasNames: false),
            (byte)'"' => TakeString(out _),
            (byte)'t' => TakeWord("true"u8),
            (byte)'f' => TakeWord("false"u8),
            (byte)'n' => TakeWord("null"u8),
            _ => TakeNumber(),
        };
        raw = isValue ? text[start..at] : default;
        return isValue;
    }

    // The members of an object or the elements of an array.
    private bool TakeAll(char open, char close, bool hasNames)
    {
        if (++depth > MaxDepth || !Take(open))
            return false;
        if (!Take(close))
        {
            do
            {
                if (hasNames && !(TakeString(out _) && Take(':')))
                    return false;
                if (!TakeValue(out _))
                    return false;
            }
            while (Take(','));
            if (!Take(close))
                return false;
        }

        depth--;
        return true;
    }

    private bool TakeEscape()
    {
        at++;
        if (at == text.Length)
            return false;
        if (text[at++] is not (byte)'u')
            return "\"\\/bfnrt"u8.Contains(text[at - 1]);
        for (var end = at + 4; at < end; at++)
        {
            if (at == text.Length || !char.IsAsciiHexDigit((char)text[at]))
                return false;
        }

        return true;
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        if (!text[at..].StartsWith(word))
            return false;
        at += word.Length;
        return true;
    }

    private bool TakeNumber()
    {
        if (at < text.Length && text[at] == '-')
            at++;
        var isWhole = at < text.Length && text[at] == '0' ? TakeWord("0"u8) : TakeDigits();
        if (!isWhole)
            return false;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (!TakeDigits())
                return false;
        }

        if (at == text.Length || text[at] is not ((byte)'e' or (byte)'E'))
            return true;
        at++;
        if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
            at++;
        return TakeDigits();
    }

    private bool TakeDigits()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
            at++;
        return at > start;
    }

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
            at++;
    }
}
