using System.Buffers.Text;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Telemetry.Lines;

/// <summary>What the platform reads in a line that is a JSON object: its level and its time; spec: ENV-113.</summary>
public static class JsonLine
{
    /// <summary>Whether a line is one JSON object and nothing else. Its strings may be of any bytes.</summary>
    public static bool IsObject(ReadOnlySpan<byte> line) => TryRead(line, out _, out _);

    /// <summary>Reads the keys <c>level</c> and <c>timestamp</c>.</summary>
    /// <param name="severity">Info, when there is no level, none that is known, or a timestamp that is none.</param>
    /// <param name="time">Null when there is none; RFC 3339 otherwise.</param>
    /// <returns>False when the line is no JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out LogSeverity severity, out DateTimeOffset? time)
    {
        (severity, time) = (LogSeverity.Info, null);
        var json = new JsonScanner(line);
        if (!json.Take('{'))
            return false;
        ReadOnlySpan<byte> level = default, timestamp = default;
        if (!json.Take('}'))
        {
            do
            {
                if (!json.TakeString(out var name) || !json.Take(':') || !json.TakeValue(out var value))
                    return false;
                if (Ascii.EqualsIgnoreCase(name, "level"u8))
                    level = value;
                else if (Ascii.EqualsIgnoreCase(name, "timestamp"u8))
                    timestamp = value;
            }
            while (json.Take(','));
            if (!json.Take('}'))
                return false;
        }

        if (!json.IsAtEnd)
            return false;
        time = TimeOf(timestamp);
        if (timestamp.IsEmpty || time is not null)
            severity = SeverityOf(level);
        return true;
    }

    private static LogSeverity SeverityOf(ReadOnlySpan<byte> level) => level switch
    {
        _ when Ascii.EqualsIgnoreCase(level, "\"trace\""u8) => LogSeverity.Trace,
        _ when Ascii.EqualsIgnoreCase(level, "\"debug\""u8) => LogSeverity.Debug,
        _ when Ascii.EqualsIgnoreCase(level, "\"warn\""u8) => LogSeverity.Warn,
        _ when Ascii.EqualsIgnoreCase(level, "\"error\""u8) => LogSeverity.Error,
        _ when Ascii.EqualsIgnoreCase(level, "\"fatal\""u8) => LogSeverity.Fatal,
        _ => LogSeverity.Info,
    };

    // "2026-09-16T12:34:56.789Z", "2026-09-16T12:34:56+02:00", with as many decimals as there may be.
    private static DateTimeOffset? TimeOf(ReadOnlySpan<byte> value)
    {
        const int SecondsEnd = 19;
        if (value.Length < SecondsEnd + 3 || value[0] != '"')
            return null;
        var text = value[1..^1];
        var isUtc = text[^1] is (byte)'Z' or (byte)'z';
        var zone = isUtc ? text.Length - 1 : text.Length - 6;
        if (zone < SecondsEnd || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || !IsFraction(text[SecondsEnd..zone]))
            return null;

        // .NET reads one form of this, with seven decimals and a zone: the others are brought to it.
        Span<byte> usual = stackalloc byte[33];
        text[..SecondsEnd].CopyTo(usual);
        usual[10] = (byte)'T';
        ".0000000"u8.CopyTo(usual[SecondsEnd..]);
        var fraction = text[SecondsEnd..zone];
        fraction[..Math.Min(fraction.Length, 8)].CopyTo(usual[SecondsEnd..]);
        (isUtc ? "+00:00"u8 : text[zone..]).CopyTo(usual[27..]);
        return Utf8Parser.TryParse(usual, out DateTimeOffset time, out var read, 'O') && read == usual.Length ? time : null;
    }

    private static bool IsFraction(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text.Length > 1 && text[0] == '.' && text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);
}
