using System.Text.Json;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis.RuntimeApi;

/// <summary>What a runtime posts to init/error and restore/error. The content type is ours to tell: JSON or not; spec 2.5.</summary>
internal static class PostedError
{
    public const string TypeHeader = "Lambda-Runtime-Function-Error-Type";

    // Go reads nested JSON up to this depth.
    private const int MaxDepth = 10_000;

    public static async Task<Answer<InvocationError>> ReadAsync(ApiCall call)
    {
        if ((await call.ReadUnannouncedBodyAsync(Limits.BufferedPayloadBytes)).IsRefused(out var fault, out var body))
            return fault;
        var type = ErrorType.FromRuntimeHeader(call.Header(TypeHeader));
        return new InvocationError(type, body, IsJson(body.Span) ? "application/json" : "application/octet-stream");
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
