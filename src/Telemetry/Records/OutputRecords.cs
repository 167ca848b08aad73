using System.Buffers;
using System.Text.Unicode;
using Thaw.Telemetry.Lines;

namespace Thaw.Telemetry.Records;

/// <summary>A line or a frame as the JSON that subscribers get, types <c>function</c> and <c>extension</c>; spec: ENV-106.</summary>
public static class OutputRecords
{
    /// <summary>Writes the whole object, without a newline.</summary>
    /// <param name="text">Any bytes; what is no UTF-8 is replaced. A newline at the end is no part of the record.</param>
    /// <param name="mayBeObject">Whether a text that is one JSON object goes as such, and not as a string.</param>
    public static void Write(string type, DateTimeOffset time, ReadOnlySpan<byte> text, bool mayBeObject, IBufferWriter<byte> to)
    {
        if (text.EndsWith("\n"u8))
            text = text[..^1];
        var envelope = new JsonObject(to);
        envelope.Time("time"u8, time);
        envelope.Text("type"u8, type);
        envelope.Name("record"u8);
        if (mayBeObject && JsonLine.IsObject(text) && Utf8.IsValid(text))
            WriteOnOneLine(text, to);
        else
            JsonText.Write(text, to);
        envelope.End();
    }

    // In JSON a newline stands between tokens only, where a space means the same. Subscribers by TCP tell records by their newlines.
    private static void WriteOnOneLine(ReadOnlySpan<byte> json, IBufferWriter<byte> to)
    {
        for (int newline; (newline = json.IndexOfAny((byte)'\n', (byte)'\r')) >= 0; json = json[(newline + 1)..])
        {
            to.Write(json[..newline]);
            to.Write(" "u8);
        }

        to.Write(json);
    }
}
