using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.Logs;

/// <summary>
/// <c>GET /thaw/logs/{function}?since=MS&amp;requestId=ID&amp;follow=true</c>: a function's log, one JSON object a line, and what comes
/// meanwhile. An operation of ours, made for <c>thaw logs</c>.
/// </summary>
internal sealed class FollowLogs(LogStore store, IFunctions functions) : IDisposable
{
    private const string PathBefore = "/thaw/logs/";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly CancellationTokenSource ending = new();

    /// <summary>The function that a path of this operation names; null for any other path.</summary>
    public static string? FunctionIn(string path) =>
        path.StartsWith(PathBefore, StringComparison.Ordinal) && path.IndexOf('/', PathBefore.Length) < 0 && path.Length > PathBefore.Length
            ? path[PathBefore.Length..]
            : null;

    public async Task ServeAsync(HttpContext http, string function)
    {
        if (await AnswerAsync(http, function) is { } refusal)
            await refusal.WriteAsync(http.Response);
    }

    /// <summary>Whoever follows gets what is there now, and no more.</summary>
    public void End() => ending.Cancel();

    public void Dispose() => ending.Dispose();

    private async Task<LambdaError?> AnswerAsync(HttpContext http, string function)
    {
        var asked = http.Request.Query;
        long? since = null;
        if (asked["since"] is [{ } text, ..])
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time))
                return LambdaError.InvalidParameterValue($"since wants milliseconds since 1970, not {text}.");
            since = time;
        }

        if (FunctionName.Parse(function) is not { } name)
            return LambdaError.NotFound(FunctionConfiguration.LocalArn(function));
        var plan = await functions.FindAsync(name.Name, qualifier: null) is FunctionState.Ready ready ? ready.Plan.Function : null;
        var group = plan?.LogGroup ?? $"/aws/lambda/{name.Name}";
        if (plan is null && store.Find(group) is null)
            return LambdaError.NotFound(FunctionConfiguration.LocalArn(name.Name));

        // A group that its owner named may hold the logs of several functions.
        var query = new LogQuery
        {
            From = since ?? long.MinValue,
            Request = asked["requestId"] is [{ Length: > 0 } request, ..] ? request : null,
            TellsRequests = true,
            Streams = plan?.Logging.LogGroup is null ? null : stream => stream.Contains($"/{name.Name}[", StringComparison.Ordinal),
        };
        http.Response.ContentType = "application/x-ndjson";
        await http.Response.StartAsync(http.RequestAborted);
        await TellAsync(http, store.Group(group), query, asked["follow"] is ["true", ..]);
        return null;
    }

    private async Task TellAsync(HttpContext http, LogGroupFile group, LogQuery query, bool follow)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, ending.Token);
        var reader = new LogReader(group);
        while (true)
        {
            var isLast = !follow || ending.IsCancellationRequested;
            var page = await reader.ReadAsync(query);
            if (page.HasGap)
                Write(http, json => json.WriteString("notice", "some lines are gone already: they were too many, or too old"));
            foreach (var found in page.Events)
                Write(http, json => Write(json, found));
            var flushed = await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            if (flushed.IsCompleted || (page.ReachedEnd && isLast))
                return;
            query = query with { After = page.Next, Running = page.Running };
            if (page.ReachedEnd)
                await GrowsAsync(group, page.Next, stop.Token);
        }
    }

    private static async Task GrowsAsync(LogGroupFile group, long position, CancellationToken stop)
    {
        try
        {
            await group.GrowsBeyondAsync(position, stop);
        }
        catch (OperationCanceledException)
        {
            // The daemon ends: what has come until now is the rest. Or the caller is gone, which the next flush sees.
        }
    }

    private static void Write(HttpContext http, Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(http.Response.BodyWriter, Writing))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        http.Response.BodyWriter.GetSpan(1)[0] = (byte)'\n';
        http.Response.BodyWriter.Advance(1);
    }

    private static void Write(Utf8JsonWriter json, LogEvent found)
    {
        json.WriteNumber("timestamp", found.Time);
        json.WriteNumber("ingestionTime", found.Ingestion);
        json.WriteString("stream", found.Stream);
        json.WriteString("source", found.Source switch
        {
            Telemetry.Lines.LogSource.Platform => "platform",
            Telemetry.Lines.LogSource.Function => "function",
            _ => "extension",
        });
        if (found.Request is not null)
            json.WriteString("requestId", found.Request);
        json.WriteString("message", found.Message);
    }
}
