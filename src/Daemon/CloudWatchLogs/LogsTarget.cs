using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>
/// <c>POST /</c> with an operation of CloudWatch Logs in <c>X-Amz-Target</c>: the calls that read. Who they are from is not asked, as with
/// all calls on this port.
/// </summary>
internal sealed class LogsTarget(LogStore store)
{
    public const string Route = "/";

    private const string Header = "X-Amz-Target", Service = "Logs_20140328.", ContentType = "application/x-amz-json-1.1";

    private const int MaxBodyBytes = 1024 * 1024;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a request is for this service.</summary>
    public static bool IsFor(HttpRequest request) =>
        request.Headers[Header] is [{ } target, ..] && target.StartsWith(Service, StringComparison.Ordinal);

    public async Task ServeAsync(HttpContext http)
    {
        var body = new ArrayBufferWriter<byte>();
        try
        {
            var operation = http.Request.Headers[Header][0]![Service.Length..];
            using var input = await ReadAsync(http.Request);
            using var answer = new Utf8JsonWriter(body, Writing);
            answer.WriteStartObject();
            await AnswerAsync(operation, new LogsInput(input.RootElement), answer);
            answer.WriteEndObject();
        }
        catch (LogsException refusal)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            http.Response.Headers["x-amzn-ErrorType"] = refusal.Type;
            body.Clear();
            using var answer = new Utf8JsonWriter(body, Writing);
            answer.WriteStartObject();
            answer.WriteString("__type", refusal.Type);
            answer.WriteString("message", refusal.Message);
            answer.WriteEndObject();
        }

        http.Response.ContentType = ContentType;
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory);
    }

    private async Task AnswerAsync(string operation, LogsInput input, Utf8JsonWriter answer)
    {
        switch (operation)
        {
            case nameof(DescribeLogGroups):
                DescribeLogGroups.Answer(store, input, answer);
                break;
            case nameof(DescribeLogStreams):
                await DescribeLogStreams.AnswerAsync(store, input, answer);
                break;
            case nameof(GetLogEvents):
                await GetLogEvents.AnswerAsync(store, input, answer);
                break;
            case nameof(FilterLogEvents):
                await FilterLogEvents.AnswerAsync(store, input, answer);
                break;
            default:
                throw LogsException.UnknownOperation(operation);
        }
    }

    private static async Task<JsonDocument> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        var block = new byte[4096];
        while (await request.Body.ReadAsync(block) is var count and > 0)
        {
            body.Write(block, 0, count);
            if (body.Length > MaxBodyBytes)
                throw LogsException.Invalid("The body has more than 1 MiB.");
        }

        try
        {
            var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body.ToArray());
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw LogsException.Serialization("The body is no JSON object.");
        }
        catch (JsonException wrong)
        {
            throw LogsException.Serialization($"The body is no JSON: {wrong.Message}");
        }
    }
}
