using System.Text;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>The old form of an error: X-Ray's cause travels inside the body, and the caller must not see it; spec 2.5.</summary>
internal static class ErrorWithCause
{
    public const string ContentType = "application/vnd.aws.lambda.error.cause+json";

    public static InvocationError WithoutCause(ErrorType type, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body);
            return new InvocationError(type, Encoding.UTF8.GetBytes(KnownKeys(parsed.RootElement)), "application/json");
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return new InvocationError(type, "\"Invalid error body\""u8.ToArray(), "application/octet-stream");
        }
    }

    // AWS's code reads three keys and prints them again, whatever else there was; the stack trace only when there is one.
    private static string KnownKeys(JsonElement error)
    {
        var (message, type, stack) = ("", "", "");
        foreach (var property in error.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            if (property.Name.Equals("errorMessage", StringComparison.OrdinalIgnoreCase))
                message = property.Value.GetString() ?? "";
            else if (property.Name.Equals("errorType", StringComparison.OrdinalIgnoreCase))
                type = property.Value.GetString() ?? "";
            else if (property.Name.Equals("stackTrace", StringComparison.OrdinalIgnoreCase))
                stack = string.Join(',', property.Value.EnumerateArray().Select(frame => GoJson.Quote(frame.GetString() ?? "")));
        }

        var trace = stack == "" ? "" : $",\"stackTrace\":[{stack}]";
        return $$"""{"errorMessage":{{GoJson.Quote(message)}},"errorType":{{GoJson.Quote(type)}}{{trace}}}""";
    }
}
