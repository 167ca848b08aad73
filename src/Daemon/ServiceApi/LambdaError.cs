using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Lifecycle;

namespace Thaw.Daemon.ServiceApi;

/// <summary>A refusal in the service API's form; spec (service) 1.6 and 8.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Shape">The bare name of the error's shape; clients choose their exception by it.</param>
/// <param name="Text">What went wrong, and what to do.</param>
internal sealed record LambdaError(int Status, string Shape, string Text)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Most shapes spell the member with a small letter. These do not, and typed clients know which.
    private static readonly FrozenSet<string> Capitalised = new[]
    {
        "AccessDeniedException", "CallbackTimeoutException", "CodeSigningConfigNotFoundException", "CodeVerificationFailedException",
        "DurableExecutionAlreadyStartedException", "EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException",
        "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException",
        "ENILimitReachedException", "ENINotReadyException", "InvalidCodeSignatureException", "InvalidRuntimeException",
        "InvalidSecurityGroupIDException", "InvalidSubnetIDException", "InvalidZipFileException", "KMSAccessDeniedException",
        "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "NoPublishedVersionException",
        "PublicPolicyException", "RecursiveInvocationException", "ResourceInUseException", "ResourceNotFoundException",
        "S3FilesMountConnectivityException", "S3FilesMountFailureException", "S3FilesMountTimeoutException", "ServiceException",
        "ServiceQuotaExceededException", "SnapStartException", "SnapStartNotReadyException",
        "SnapStartRegenerationFailureException", "SnapStartTimeoutException", "SubnetIPAddressLimitReachedException",
    }.ToFrozenSet();

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

    /// <summary>A bare name; spec (service) 3.1.</summary>
    public static LambdaError NameTooLong(string name) => InvalidParameterValue(string.Create(CultureInfo.InvariantCulture,
        $"The function name has {name.Length} characters; it may have {FunctionName.MaxBareLength}."));

    public static LambdaError Validation(string text) => new(400, "ValidationException", text);

    /// <summary>The body is no JSON object, or a member is of another type than its model has.</summary>
    public static LambdaError Serialization(string text) => new(400, "SerializationException", text);

    public static LambdaError Conflict(string text) => new(409, "ResourceConflictException", text);

    public static LambdaError StaleRevision() => new(412, "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        + "the latest Revision Id");

    public static LambdaError ResourceNotFound(string text) => new(404, "ResourceNotFoundException", text);

    /// <summary>An upload, or the body of any operation but Invoke.</summary>
    public static LambdaError RequestEntityTooLarge(string text) => new(413, "RequestEntityTooLargeException", text);

    public static LambdaError InvalidRequestContent(string text) => new(400, "InvalidRequestContentException", text);

    /// <summary>The server cannot read the body on: it is no proper HTTP, has no end, or comes too slowly.</summary>
    public static LambdaError UnreadableBody(BadHttpRequestException fault) => fault.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout =>
            new(408, "RequestTimeoutException", "The body came too slowly. Send it again, without a pause."),
        StatusCodes.Status413PayloadTooLarge => RequestEntityTooLarge($"The body is too large: {fault.Message}"),
        var status => new(status, "InvalidRequestContentException",
            $"The body cannot be read: {fault.Message} Send it again, as long as its headers say."),
    };

    public static LambdaError EventBrokeOff(int announced) => InvalidRequestContent(string.Create(
        CultureInfo.InvariantCulture,
        $"The event broke off before the {announced} bytes were there that Content-Length announces. Send it again, without a pause."));

    /// <summary>It is there, but in no state to be invoked.</summary>
    public static LambdaError FailedState(string why) => new(409, "ResourceConflictException",
        "The operation cannot be performed at this time. The function is currently in the following state: Failed. " + why);

    /// <summary>It is being made.</summary>
    public static LambdaError NotReady(string state) => new(409, "ResourceConflictException",
        $"The operation cannot be performed at this time. The function is currently in the following state: {state}");

    /// <summary>It was idle for long, and its snapshot is being taken again; spec 7.1, 7.5.</summary>
    public static LambdaError SnapStartNotReady() => new(409, "SnapStartNotReadyException",
        "Lambda is initializing your function. It will be ready to invoke once your function state becomes ACTIVE.");

    public static LambdaError ModeNotSupported(string text) => new(400, "ModeNotSupportedException", text);

    public static LambdaError NotFound(string arn) => ResourceNotFound($"Function not found: {arn}");

    public static LambdaError RequestTooLarge(long bytes, long limit, InvocationType type) => new(413, "RequestTooLargeException",
        string.Create(CultureInfo.InvariantCulture,
            $"{bytes} byte payload is too large for the {type} invocation type (limit {limit} bytes)"));

    public static LambdaError TooManyRequests(string reason, string text) => new(429, "TooManyRequestsException", text)
    {
        Reason = reason,
        RetryAfterSeconds = 1,
    };

    /// <summary>
    /// Restore took too long, or a hook or the runtime failed in it; or, where there was no snapshot, Init did. Spec 7.5, ENV-044.
    /// </summary>
    public static LambdaError NotRestored(PhaseOutcome outcome) => outcome switch
    {
        PhaseOutcome.TimedOut =>
            new(408, "SnapStartTimeoutException", "The function has no snapshot for now, and did not initialise in time."),
        PhaseOutcome.Failed { ErrorType.Name: "Runtime.RestoreHookUserTimeout" } =>
            new(408, "SnapStartTimeoutException", "The function was not restored within 10 seconds. Let its after-restore hooks do less."),
        PhaseOutcome.Failed failed =>
            new(400, "SnapStartException", $"The function could not be started: {failed.ErrorType.Name}: {failed.Reason}."),
        _ => throw new ArgumentException("A success has no error.", nameof(outcome)),
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
