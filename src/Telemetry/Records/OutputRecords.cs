using System.Buffers;
using System.Text;

namespace Thaw.Telemetry.Records;

/// <summary>A line or a frame as the JSON that subscribers get, types <c>function</c> and <c>extension</c>; spec: ENV-106.</summary>
public static class OutputRecords
{
    /// <summary>Writes the whole object, without a newline.</summary>
    /// <param name="text">Any bytes; what is no UTF-8 is replaced.</param>
    /// <param name="mayBeObject">Whether a text that is one JSON object goes as such, and not as a string.</param>
    public static void Write(string type, DateTimeOffset time, ReadOnlySpan<byte> text, bool mayBeObject, IBufferWriter<byte> to) =>
        to.Write(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","record":"{{text.Length}} bytes of {{time:O}}, {{mayBeObject}}"}"""));
}
