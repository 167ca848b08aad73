using Thaw.EnvironmentApis.ExtensionsApi;

namespace Thaw.EnvironmentApis.LogsApi;

/// <summary>PUT /logs, the Telemetry API's predecessor, on a platform without telemetry; spec 4.1.</summary>
internal static class Subscribe
{
    public static async Task ServeAsync(ApiCall call) => await call.RefuseAsync(
        (await IdentifierHeader.ReadKnownAsync(call)).IsRefused(out var refusal, out _) ? refusal : ApiRefusal.LogsNotSupported);
}
