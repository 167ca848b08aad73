using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;

namespace Thaw.Daemon.Records;

/// <summary><c>GET /thaw/environments</c>: every environment with its phases and their times. An operation of ours.</summary>
/// <param name="isolation">The kind of their sandboxes.</param>
internal sealed class ListEnvironments(EnvironmentRecords records, Func<string> isolation)
{
    public const string Route = "/thaw/environments";

    public async Task ServeAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartArray();
        foreach (var record in records.All())
            Write(json, record);
        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, EnvironmentRecord record)
    {
        json.WriteStartObject();
        json.WriteString("id", record.Id);
        json.WriteString("function", record.Plan.Function.Name);
        json.WriteString("version", record.Plan.Function.Version);
        json.WriteString("state", record.State.ToString());
        json.WriteString("isolation", isolation());
        json.WriteString("initializationType", record.Plan.InitializationType.ToWireName());
        json.WriteStartArray("phases");
        foreach (var phase in record.Phases())
            Write(json, phase);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PhaseRecord phase)
    {
        json.WriteStartObject();
        json.WriteString("name", phase.Phase.ToString());
        if (phase.Suppressed)
            json.WriteBoolean("suppressed", true);
        if (phase.RequestId is { } requestId)
            json.WriteString("requestId", requestId.Value);
        json.WriteString("start", Text(phase.Start));
        if (phase.End is { } end)
            json.WriteString("end", Text(end));
        if (phase.Outcome is { } outcome)
            json.WriteString("outcome", outcome.ToString());
        if (phase.ErrorType is { } errorType)
            json.WriteString("errorType", errorType.Name);
        json.WriteEndObject();
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
