using System.Globalization;
using System.Text.Json;
using Thaw.Environments.Events;
using Thaw.Store.Records;

namespace Thaw.Daemon.Events;

/// <summary>What a destination or a dead-letter queue is told.</summary>
/// <param name="Body">In JSON.</param>
internal sealed record DestinationMessage(ReadOnlyMemory<byte> Body)
{
    // What SQS and SNS take in an attribute without complaint.
    private const int MaxErrorText = 1024;

    /// <summary>Message attributes, where the destination has such.</summary>
    public IReadOnlyList<(string Name, string Type, string Value)> Attributes { get; init; } = [];

    /// <summary>The record of an end; spec (service) 10.3.</summary>
    public static DestinationMessage Result(ReadOnlyMemory<byte> record) => new(record);

    /// <summary>The failed event itself; spec (service) 10.4, API-094.</summary>
    public static DestinationMessage DeadLetter(QueuedEvent failed, EventStep.Ended end) => new(failed.Payload)
    {
        Attributes =
        [
            ("RequestID", "String", failed.RequestId),
            ("ErrorCode", "Number", (end.Last is null ? 429 : 200).ToString(CultureInfo.InvariantCulture)),
            ("ErrorMessage", "String", ErrorText(end)),
        ],
    };

    private static string ErrorText(EventStep.Ended end)
    {
        var text = end.Last is { } last ? MessageIn(last.Body) : end.Condition.ToString();
        return text.Length > MaxErrorText ? text[..MaxErrorText] : text;
    }

    private static string MessageIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var error = JsonDocument.Parse(body);
            return error.RootElement.ValueKind == JsonValueKind.Object
                && error.RootElement.TryGetProperty("errorMessage", out var message)
                && message is { ValueKind: JsonValueKind.String } && message.GetString() is { Length: > 0 } text ? text : "Unhandled";
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // A runtime may send what is no JSON, and JSON whose texts have half of a letter.
            return "Unhandled";
        }
    }
}
