using System.Globalization;
using System.Text.Json;

namespace Thaw.Daemon.Traces;

/// <summary>The same as JSON: ids in hexadecimal digits, 64 bits in strings, enumerations as numbers.</summary>
internal static class OtlpJson
{
    public const string ContentType = "application/json";

    public static byte[] Write(IReadOnlyList<TraceSpan> spans, IReadOnlyList<KeyValuePair<string, string>> resource)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceSpans");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, resource.Select(pair => new KeyValuePair<string, object>(pair.Key, pair.Value)));
            json.WriteEndObject();
            json.WriteStartArray("scopeSpans");
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", "thaw");
            json.WriteEndObject();
            json.WriteStartArray("spans");
            foreach (var span in spans)
                Write(json, span);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TraceSpan span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId);
        json.WriteString("spanId", span.SpanId);
        if (span.ParentId is { } parent)
            json.WriteString("parentSpanId", parent);
        json.WriteString("name", span.Name);
        json.WriteNumber("kind", OtlpWords.Kind(span));
        json.WriteString("startTimeUnixNano", Text(TraceSpan.Nanoseconds(span.Start)));
        json.WriteString("endTimeUnixNano", Text(TraceSpan.Nanoseconds(span.End)));
        WriteAttributes(json, OtlpWords.Attributes(span));
        if (span.Links.Count > 0)
        {
            json.WriteStartArray("links");
            foreach (var link in span.Links)
            {
                json.WriteStartObject();
                json.WriteString("traceId", link.TraceId);
                json.WriteString("spanId", link.SpanId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (span.ErrorType is not null)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", OtlpWords.StatusError);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object>> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartObject("value");
            switch (value)
            {
                case bool truth:
                    json.WriteBoolean("boolValue", truth);
                    break;
                case long number:
                    json.WriteString("intValue", number.ToString(CultureInfo.InvariantCulture));
                    break;
                default:
                    json.WriteString("stringValue", value.ToString());
                    break;
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
