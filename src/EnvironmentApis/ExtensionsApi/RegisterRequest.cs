using System.Text.Json;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.ExtensionsApi;

/// <summary>The body of register: <c>{"events":["INVOKE","SHUTDOWN"]}</c>; the events may be empty, null or absent. Spec 3.1.</summary>
/// <param name="Events">The words as they were sent, each once; the lifecycle knows which ones exist.</param>
internal sealed record RegisterRequest(IReadOnlyList<string> Events)
{
    public static Answer<RegisterRequest> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body);
            return Read(parsed.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return ApiRefusal.InvalidFormat(unreadable.Message);
        }
    }

    // Go's parser, and so AWS's, does not mind the case of keys, nor null for anything.
    private static Answer<RegisterRequest> Read(JsonElement request)
    {
        string[] events = [];
        if (request.ValueKind == JsonValueKind.Null)
            return new RegisterRequest(events);
        foreach (var property in request.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            if (property.Name.Equals("events", StringComparison.OrdinalIgnoreCase))
                events = [.. property.Value.EnumerateArray().Select(word => word.GetString() ?? "").Distinct()];
            else if (property.Name.Equals("configurationKeys", StringComparison.OrdinalIgnoreCase) && property.Value.GetArrayLength() > 0)
                return ApiRefusal.ConfigurationKeys;
        }

        return new RegisterRequest(events);
    }
}
