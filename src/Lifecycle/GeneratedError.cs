using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>The body that the platform makes itself when the runtime has posted nothing; spec 1.7.</summary>
public static class GeneratedError
{
    public static InvocationError For(PhaseOutcome.Failed failed, RequestId requestId) =>
        WithRequestId(failed.ErrorType, requestId, failed.Reason);

    /// <param name="now">The old dialect says when it was.</param>
    public static InvocationError ForTimeout(RequestId requestId, FunctionConfiguration function, DateTimeOffset now) =>
        function.Dialect.HasTimeoutType
            ? WithRequestId(ErrorType.SandboxTimedout, requestId, TimedOut(function.Timeout))
            : Of(ErrorType.SandboxTimedout, $$"""{"errorMessage":"{{Escape(OldTimeout(requestId, function, now))}}"}""");

    /// <summary>Seconds always have two decimals; spec: ENV-025.</summary>
    public static string TimedOut(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"Task timed out after {timeout.TotalSeconds:F2} seconds");

    /// <summary>A response over the limit; the process survives it. Spec: ENV-063.</summary>
    public static InvocationError ResponseTooLarge { get; } = TooLarge(Limits.BufferedPayloadBytes);

    /// <summary>A streamed response over its limit; the caller has received what came before. Spec 9.</summary>
    public static InvocationError StreamTooLarge { get; } = TooLarge(Limits.StreamedResponseBytes);

    /// <summary>A response whose body ended early; spec: ENV-064.</summary>
    public static InvocationError Truncated(RequestId requestId) =>
        WithRequestId(ErrorType.RuntimeTruncatedResponse, requestId, "Response was truncated");

    private static string OldTimeout(RequestId requestId, FunctionConfiguration function, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {requestId} {TimedOut(function.Timeout)}");

    private static InvocationError TooLarge(long maxBytes) => WithMessage(
        ErrorType.FunctionResponseSizeTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"Response payload size exceeded maximum allowed payload size ({maxBytes} bytes)."));

    private static InvocationError WithRequestId(ErrorType type, RequestId requestId, string reason) =>
        WithMessage(type, $"RequestId: {requestId} Error: {reason}");

    // The order of the keys is AWS's; spec: ENV-023.
    private static InvocationError WithMessage(ErrorType type, string message) =>
        Of(type, $$"""{"errorType":"{{Escape(type.Name)}}","errorMessage":"{{Escape(message)}}"}""");

    private static InvocationError Of(ErrorType type, string json) => new(type, Encoding.UTF8.GetBytes(json), "application/json");

    private static JsonEncodedText Escape(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}
