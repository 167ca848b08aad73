using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.InvokeApi;

/// <summary>What the headers of an Invoke ask for; spec (service) 9.1.</summary>
internal sealed record InvokeHeaders
{
    // As it travels, in base64.
    private const int MaxClientContextBytes = 3_583;

    /// <summary>The caller's own, if it gave one, else a new one: caller, function and log see the same.</summary>
    public required RequestId RequestId { get; init; }

    public InvocationType Type { get; init; }

    public bool WantsLog { get; init; }

    /// <summary>JSON text, decoded.</summary>
    public string? ClientContext { get; init; }

    /// <summary>Null when the caller gave none that can go back in a header.</summary>
    public string? TraceId { get; init; }

    public static (InvokeHeaders? Headers, LambdaError? Error) Read(InvokeCall call)
    {
        var (type, unknown) = TypeOf(call);
        if (unknown is not null)
            return (null, unknown);

        var logType = call.Header("X-Amz-Log-Type");
        if (logType is not (null or "None" or "Tail"))
            return (null, NotOneOf("logType", logType, "[None, Tail]"));
        if (!TryDecode(call.Header("X-Amz-Client-Context"), out var clientContext, out var fault))
            return (null, LambdaError.InvalidRequestContent(fault));

        return (new InvokeHeaders
        {
            RequestId = call.RequestId,
            Type = type,
            WantsLog = logType == "Tail" && type == InvocationType.RequestResponse,
            ClientContext = clientContext,
            TraceId = call.Header("X-Amzn-Trace-Id") is { } trace && IsPlain(trace) ? trace : null,
        }, null);
    }

    /// <summary>What the event may have, in bytes; spec (service) 9.5.</summary>
    public int MaxEventBytes(InvokeOperation operation) =>
        operation == InvokeOperation.InvokeAsync ? Limits.InvokeAsyncBytes
        : Type == InvocationType.Event ? Limits.QueuedEventBytes
        : Limits.InvokeRequestBytes;

    /// <summary>Null when the caller names none; spec (service) 1.5.</summary>
    public static string? GivenRequestId(IHeaderDictionary headers) => Value(headers, "x-amzn-RequestId");

    /// <summary>The first value; null when it is absent or empty.</summary>
    public static string? Value(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values is [{ Length: > 0 } first, ..] ? first : null;

    private static (InvocationType Type, LambdaError? Error) TypeOf(InvokeCall call) =>
        (call.Operation, call.Header("X-Amz-Invocation-Type")) switch
        {
            (InvokeOperation.InvokeAsync, _) => (InvocationType.Event, null),
            (_, null or nameof(InvocationType.RequestResponse)) => (InvocationType.RequestResponse, null),
            (_, nameof(InvocationType.DryRun)) => (InvocationType.DryRun, null),
            (InvokeOperation.Invoke, nameof(InvocationType.Event)) => (InvocationType.Event, null),
            (InvokeOperation.Invoke, { } other) => (default, NotOneOf("invocationType", other, "[Event, RequestResponse, DryRun]")),
            (_, { } other) => (default, NotOneOf("invocationType", other, "[RequestResponse, DryRun]")),
        };

    // It goes back to the caller in a header, which takes no other letters.
    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static LambdaError NotOneOf(string member, string value, string set) =>
        LambdaError.Constraint(member, value, $"Member must satisfy enum value set: {set}");

    private static bool TryDecode(string? base64, out string? json, out string fault)
    {
        (json, fault) = (null, "");
        if (base64 is null)
            return true;
        if (base64.Length > MaxClientContextBytes)
        {
            fault = string.Create(CultureInfo.InvariantCulture,
                $"Client context must be at most {MaxClientContextBytes} bytes, in base64; this one has {base64.Length}.");
            return false;
        }

        try
        {
            var bytes = Convert.FromBase64String(base64);
            using var parsed = JsonDocument.Parse(bytes);
            json = Encoding.UTF8.GetString(bytes);
            return true;
        }
        catch (Exception broken) when (broken is FormatException or JsonException)
        {
            fault = "Client context must be a valid Base64-encoded JSON object.";
            return false;
        }
    }
}
