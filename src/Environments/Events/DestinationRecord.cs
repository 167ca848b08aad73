using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>What a destination hears of the end of an event; spec (service) 10.3.</summary>
public static class DestinationRecord
{
    // What lies behind it has been read as JSON by us, or comes from a runtime, which may send anything.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="functionArn">With its qualifier, <c>$LATEST</c> when there was none.</param>
    public static ReadOnlyMemory<byte> Of(QueuedEvent ended, EventStep.Ended end, string functionArn, DateTimeOffset now)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Writing))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteString("timestamp", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartObject("requestContext");
            json.WriteString("requestId", ended.RequestId);
            json.WriteString("functionArn", functionArn);
            json.WriteString("condition", end.Condition.ToString());
            json.WriteNumber("approximateInvokeCount", end.Attempts);
            json.WriteEndObject();
            WritePayload(json, "requestPayload", ended.Payload);
            if (end.Last is { } last)
                WriteResponse(json, last);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteResponse(Utf8JsonWriter json, EventOutcome.Ran last)
    {
        json.WriteStartObject("responseContext");
        json.WriteNumber("statusCode", 200);
        json.WriteString("executedVersion", last.ExecutedVersion);
        if (last.Failed)
            json.WriteString("functionError", InvocationResult.Unhandled);
        json.WriteEndObject();
        WritePayload(json, "responsePayload", last.Body);
    }

    private static void WritePayload(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> payload)
    {
        json.WritePropertyName(name);
        if (IsJson(payload.Span))
            json.WriteRawValue(payload.Span, skipInputValidation: true);
        else
            json.WriteStringValue(System.Text.Encoding.UTF8.GetString(payload.Span));
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 1000 });
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
