using System.Text.Json;
using Thaw.Contracts;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.TelemetryApi;

/// <summary>The body of a subscription, at both APIs; spec 4.1. All that is wrong with it is told at once, its destination first.</summary>
internal static class SubscribeRequest
{
    /// <param name="apiPort">Where the environment's own APIs listen; nobody else can.</param>
    public static Answer<TelemetrySubscription> Parse(ReadOnlyMemory<byte> body, bool logsApi, int apiPort)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body);
            return parsed.RootElement.ValueKind switch
            {
                JsonValueKind.Object => Read(parsed.RootElement, logsApi, apiPort),
                JsonValueKind.Null => Parse("{}"u8.ToArray(), logsApi, apiPort),
                _ => ApiRefusal.ValidationError("the body should be a JSON object", logsApi),
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return ApiRefusal.ValidationError($"the body is not valid JSON: {unreadable.Message}", logsApi);
        }
    }

    private static Answer<TelemetrySubscription> Read(JsonElement request, bool logsApi, int apiPort)
    {
        var faults = new List<string>();
        var fields = new RequestFields(request, faults);
        var destination = new DestinationRequest(faults, logsApi, apiPort).Read(fields);
        var types = ReadTypes(fields, faults);
        var buffering = ReadBuffering(fields.Object("buffering"));
        var schema = ReadSchema(fields, logsApi);
        return faults.Count > 0
            ? ApiRefusal.ValidationError(string.Join("; ", faults), logsApi)
            : new TelemetrySubscription(schema, types, buffering, destination!);
    }

    private static List<string> ReadTypes(RequestFields fields, List<string> faults)
    {
        var types = new List<string>();
        var isKnown = true;
        var found = fields.Find("types", JsonValueKind.Array, "a list of strings");
        foreach (var word in found?.EnumerateArray() ?? default)
        {
            // A list may be as long as its request; of what is none of these, nothing is kept.
            var type = word.ValueKind == JsonValueKind.String ? word.GetString()! : "";
            if (type is not ("platform" or "function" or "extension"))
                isKnown = false;
            else if (!types.Contains(type))
                types.Add(type);
        }

        if (!isKnown)
            faults.Add("types should be platform, function or extension");
        else if (types.Count == 0 && faults is not [.., "types should be a list of strings"])
            faults.Add("types should not be empty");
        return types;
    }

    private static Buffering ReadBuffering(RequestFields? buffering) => new(
        buffering?.Number("maxItems", Limits.MinTelemetryItems, Limits.MaxTelemetryItems) ?? Limits.MaxTelemetryItems,
        buffering?.Number("maxBytes", Limits.MinTelemetryBytes, Limits.MaxTelemetryBytes) ?? Limits.MinTelemetryBytes,
        TimeSpan.FromMilliseconds(
            buffering?.Number("timeoutMs", Limits.MinTelemetryMilliseconds, Limits.MaxTelemetryMilliseconds)
                ?? Limits.DefaultTelemetryMilliseconds));

    private static TelemetrySchema ReadSchema(RequestFields fields, bool logsApi) => logsApi
        ? fields.Word("schemaVersion", "2020-08-15", "2021-03-18") is "2021-03-18"
            ? TelemetrySchema.Logs20210318
            : TelemetrySchema.Logs20200815
        : fields.Word("schemaVersion", "2022-07-01", "2022-12-13", "2025-01-29") switch
        {
            "2025-01-29" => TelemetrySchema.Telemetry20250129,
            "2022-12-13" => TelemetrySchema.Telemetry20221213,
            _ => TelemetrySchema.Telemetry20220701,
        };
}
