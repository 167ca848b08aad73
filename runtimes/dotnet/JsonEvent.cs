using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Thaw.DotnetRuntime;

/// <summary>A log event as one line of JSON.</summary>
internal static class JsonEvent
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(DateTimeOffset now, string level, string? requestId, MessageTemplate said, Exception? error)
    {
        using var line = new MemoryStream();
        using (var writer = new Utf8JsonWriter(line, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", level);
            if (!string.IsNullOrEmpty(requestId))
                writer.WriteString("requestId", requestId);
            if (Environment.GetEnvironmentVariable(InvocationLoop.TraceVariable) is { Length: > 0 } trace)
                writer.WriteString("traceId", trace);
            writer.WriteString("message", said.Text);
            foreach (var (name, value) in said.Values.Where(value => value.Value is not null).DistinctBy(value => value.Key))
                WriteValue(writer, name, value!);
            if (error is not null)
                WriteError(writer, error);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case bool truth:
                writer.WriteBoolean(name, truth);
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, value, value.GetType());
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteError(Utf8JsonWriter writer, Exception error)
    {
        writer.WriteString("errorType", error.GetType().FullName);
        writer.WriteString("errorMessage", error.Message);
        writer.WriteStartArray("stackTrace");
        foreach (var line in error.ToString().Split('\n', StringSplitOptions.TrimEntries))
            writer.WriteStringValue(line);
        writer.WriteEndArray();
    }
}
