using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>The body that the platform makes itself when the runtime has posted nothing; spec 1.7.</summary>
public static class GeneratedError
{
    public static InvocationError For(PhaseOutcome outcome, RequestId requestId, TimeSpan timeout) => outcome switch
    {
        PhaseOutcome.TimedOut => WithRequestId(ErrorType.SandboxTimedout, requestId, TimedOut(timeout)),
        PhaseOutcome.Failed failed => WithRequestId(failed.ErrorType, requestId, failed.Reason),
        _ => throw new ArgumentException("A success has no error body.", nameof(outcome)),
    };

    /// <summary>A response over the limit; the process survives it. Spec: ENV-063.</summary>
    public static InvocationError ResponseTooLarge { get; } = TooLarge(Limits.BufferedPayloadBytes);

    /// <summary>A streamed response over its limit; the caller has received what came before. Spec 9.</summary>
    public static InvocationError StreamTooLarge { get; } = TooLarge(Limits.StreamedResponseBytes);

    /// <summary>A response whose body ended early; spec: ENV-064.</summary>
    public static InvocationError Truncated(RequestId requestId) =>
        WithRequestId(ErrorType.RuntimeTruncatedResponse, requestId, "Response was truncated");

    // Seconds always have two decimals; spec: ENV-025.
    private static string TimedOut(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"Task timed out after {timeout.TotalSeconds:F2} seconds");

    private static InvocationError TooLarge(long maxBytes) => Of(
        ErrorType.FunctionResponseSizeTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"Response payload size exceeded maximum allowed payload size ({maxBytes} bytes)."));

    private static InvocationError WithRequestId(ErrorType type, RequestId requestId, string reason) =>
        Of(type, $"RequestId: {requestId} Error: {reason}");

    // The order of the keys is AWS's; spec: ENV-023.
    private static InvocationError Of(ErrorType type, string message) => new(
        type,
        Encoding.UTF8.GetBytes($$"""{"errorType":"{{Escape(type.Name)}}","errorMessage":"{{Escape(message)}}"}"""),
        "application/json");

    private static JsonEncodedText Escape(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}
