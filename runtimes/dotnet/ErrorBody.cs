using System.Text.Encodings.Web;
using System.Text.Json;

namespace Thaw.DotnetRuntime;

/// <summary>An exception as callers receive it: type, message, stack, and what caused it.</summary>
internal static class ErrorBody
{
    private const int MaxDepth = 16;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(Exception error)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, Options))
            Write(writer, error, 0);
        return body.ToArray();
    }

    /// <summary>The lines of a stack down to where we called the function; all of them when the fault is ours.</summary>
    public static string[] Stack(Exception error)
    {
        if (error is LambdaValidationException)
            return [];
        var lines = (error.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var own = Array.FindIndex(lines, line => line.StartsWith("at Thaw.DotnetRuntime.", StringComparison.Ordinal)
            || line.StartsWith("at System.Reflection.", StringComparison.Ordinal)
            || line.StartsWith("at InvokeStub_", StringComparison.Ordinal)
            || line.StartsWith("at System.RuntimeMethodHandle.", StringComparison.Ordinal));
        return own > 0 ? [.. lines[..own].Where(line => !line.StartsWith("--- ", StringComparison.Ordinal))] : lines;
    }

    private static void Write(Utf8JsonWriter writer, Exception error, int depth)
    {
        writer.WriteStartObject();
        writer.WriteString("errorType", error.GetType().Name);
        writer.WriteString("errorMessage", error.Message);
        if (Stack(error) is { Length: > 0 } stack)
        {
            writer.WriteStartArray("stackTrace");
            foreach (var line in stack)
                writer.WriteStringValue(line);
            writer.WriteEndArray();
        }

        if (error.InnerException is { } cause && depth < MaxDepth)
        {
            writer.WritePropertyName("cause");
            Write(writer, cause, depth + 1);
        }

        if (error is AggregateException { InnerExceptions.Count: > 1 } several && depth < MaxDepth)
        {
            writer.WriteStartArray("causes");
            foreach (var one in several.InnerExceptions)
                Write(writer, one, depth + 1);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
