using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.EnvironmentApis.ExtensionsApi;

namespace Thaw.EnvironmentApis.TelemetryApi;

/// <summary>PUT /telemetry: an extension says which events it wants, and where it listens for them; spec 4.1.</summary>
internal static class Subscribe
{
    public static Task ServeAsync(ApiCall call) => ServeAsync(call, logsApi: false);

    /// <summary>The Logs API, the older one, differs in words only.</summary>
    public static async Task ServeAsync(ApiCall call, bool logsApi)
    {
        var extensions = call.Participant.Extensions;
        if (IdentifierHeader.Read(call).IsRefused(out var refusal, out var identifier)
            || (await extensions.MaySubscribeAsync(identifier, logsApi)).IsRefused(out refusal, out _)
            || (await call.ReadUnannouncedBodyAsync(Limits.ExtensionRequestBytes)).IsRefused(out refusal, out var body)
            || SubscribeRequest.Parse(body, logsApi, call.Environment.ApiPort).IsRefused(out refusal, out var subscription)
            || (await extensions.SubscribeAsync(identifier, subscription)).IsRefused(out refusal, out _))
        {
            await call.RefuseAsync(refusal);
            return;
        }

        await call.AnswerAsync(StatusCodes.Status200OK, "application/json", "\"OK\""u8.ToArray());
    }
}
