using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Thaw.Daemon.InvokeApi;

/// <summary>A refusal in the service API's form; spec (service) 1.6 and 8.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Shape">The bare name of the error's shape; clients choose their exception by it.</param>
/// <param name="Text">What went wrong, and what to do.</param>
internal sealed record LambdaError(int Status, string Shape, string Text)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Some shapes spell the member with a capital, others do not, and typed clients know which.
    private static readonly HashSet<string> Capitalised =
    [
        "ResourceNotFoundException", "ServiceException", "AccessDeniedException", "InvalidRuntimeException", "InvalidZipFileException",
    ];

    /// <summary>Why a call was throttled: <c>ConcurrentInvocationLimitExceeded</c> and its like.</summary>
    public string? Reason { get; init; }

    /// <summary>When to come back, in whole seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    public IEnumerable<(string Name, string Value)> Headers
    {
        get
        {
            yield return ("x-amzn-ErrorType", Shape);
            if (RetryAfterSeconds is { } seconds)
                yield return ("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static LambdaError InvalidParameterValue(string text) => new(400, "InvalidParameterValueException", text);

    /// <summary>A member of the request has a value that its model forbids.</summary>
    public static LambdaError Constraint(string member, string value, string constraint) => new(400, "ValidationException",
        $"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}");

    public static LambdaError InvalidRequestContent(string text) => new(400, "InvalidRequestContentException", text);

    /// <summary>It is there, but in no state to be invoked.</summary>
    public static LambdaError FailedState(string why) => new(409, "ResourceConflictException",
        "The operation cannot be performed at this time. The function is currently in the following state: Failed. " + why);

    /// <summary>It is being made.</summary>
    public static LambdaError NotReady(string state) => new(409, "ResourceConflictException",
        $"The operation cannot be performed at this time. The function is currently in the following state: {state}");

    public static LambdaError ModeNotSupported(string text) => new(400, "ModeNotSupportedException", text);

    public static LambdaError NotFound(string arn) => new(404, "ResourceNotFoundException", $"Function not found: {arn}");

    public static LambdaError RequestTooLarge(long bytes, long limit, InvocationType type) => new(413, "RequestTooLargeException",
        string.Create(CultureInfo.InvariantCulture,
            $"{bytes} byte payload is too large for the {type} invocation type (limit {limit} bytes)"));

    public static LambdaError TooManyRequests(string reason, string text) => new(429, "TooManyRequestsException", text)
    {
        Reason = reason,
        RetryAfterSeconds = 1,
    };

    public static LambdaError Service(string text) => new(500, "ServiceException", text);

    /// <summary>A fault of ours.</summary>
    public static LambdaError Fault(Exception fault) => Service($"Thaw could not do this ({fault.GetType().Name}: {fault.Message}).");

    public static LambdaError Unavailable(string text) => new(503, "ServiceUnavailableException", text);

    /// <summary>Sends it as the answer to a call.</summary>
    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        foreach (var (name, value) in Headers)
            response.Headers[name] = value;
        var body = Body();
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    public ReadOnlyMemory<byte> Body()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Writing))
        {
            json.WriteStartObject();
            if (Reason is not null)
                json.WriteString(nameof(Reason), Reason);
            json.WriteString("Type", Status < 500 ? "User" : "Service");
            json.WriteString(Capitalised.Contains(Shape) ? "Message" : "message", Text);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
