namespace Thaw.EnvironmentApis.LogsApi;

/// <summary>PUT /logs, the Telemetry API's predecessor: other schemas and other words, the same subscription; spec 4.1.</summary>
internal static class Subscribe
{
    public static Task ServeAsync(ApiCall call) => TelemetryApi.Subscribe.ServeAsync(call, logsApi: true);
}
