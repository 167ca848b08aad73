using Thaw.EnvironmentApis.ExtensionsApi;

namespace Thaw.EnvironmentApis.TelemetryApi;

/// <summary>PUT /telemetry, on a platform without telemetry: the caller is checked, and told so; spec 4.1.</summary>
internal static class Subscribe
{
    public static async Task ServeAsync(ApiCall call) => await call.RefuseAsync(
        (await IdentifierHeader.ReadKnownAsync(call)).IsRefused(out var refusal, out _) ? refusal : ApiRefusal.TelemetryNotSupported);
}
