using System.Text.Json;
using System.Text.Json.Serialization;
using Thaw.Cli.Timelines;
using Thaw.Contracts;

namespace Thaw.Cli.Run;

/// <summary>The document that <c>thaw run --json</c> prints; docs/operations/run.md describes it. Times are milliseconds since the first
/// event.</summary>
internal sealed record RunDocument(
    DateTimeOffset? Start,
    double DurationMs,
    IReadOnlyList<RunDocument.AnswerItem> Invocations,
    IReadOnlyList<RunDocument.PhaseItem> Phases,
    IReadOnlyList<RunDocument.ParticipantItem> Participants,
    IReadOnlyList<RunDocument.EventItem> Events,
    IReadOnlyList<RunDocument.LogItem> Logs)
{
    /// <summary><see cref="Response"/> is the body when it is JSON, else <see cref="ResponseText"/> has it as text.</summary>
    internal sealed record AnswerItem(string RequestId, double AtMs, JsonElement? Response, string? ResponseText, string? FunctionError);

    internal sealed record PhaseItem(
        string Phase, bool Suppressed, int Depth, int? Invoke, string? RequestId,
        double StartMs, double DurationMs, string? Status, string? ErrorType);

    internal sealed record ParticipantItem(
        string Name, double WorkingMs, IReadOnlyList<StretchItem> Stretches, IReadOnlyList<StepItem> Steps);

    internal sealed record StretchItem(double StartMs, double DurationMs, bool AtWork);

    internal sealed record StepItem(double AtMs, string Step, string? Failure);

    internal sealed record EventItem(
        double AtMs, string Type, string? Phase = null, string? InitializationType = null, string? RequestId = null, string? Status = null,
        string? ErrorType = null, double? DurationMs = null, long? ProducedBytes = null, MetricsItem? Metrics = null,
        IReadOnlyList<SpanItem>? Spans = null, string? Name = null, string? State = null, IReadOnlyList<string>? Subscriptions = null,
        string? Version = null, string? TraceId = null, bool? Suppressed = null, string? Step = null, string? Failure = null);

    internal sealed record MetricsItem(
        double DurationMs, long BilledDurationMs, int MemorySizeMB, int MaxMemoryUsedMB, double? InitDurationMs, double? RestoreDurationMs);

    internal sealed record SpanItem(string Name, double StartMs, double DurationMs);

    internal sealed record LogItem(double AtMs, string Source, string Text);

    public static byte[] Write(
        IReadOnlyCollection<LifecycleEvent> events,
        IEnumerable<RunOutput.Answer> answers,
        IEnumerable<RunOutput.LogLine> lines,
        Dialect dialect)
    {
        var start = events.Count == 0 ? (DateTimeOffset?)null : events.Min(happened => happened.Time);
        var since = new Since(start ?? default);
        var timeline = Timeline.Of(events);
        return JsonSerializer.SerializeToUtf8Bytes(new RunDocument(
            start?.ToUniversalTime(),
            start is null ? 0 : since.At(events.Max(happened => happened.Time)),
            [.. answers.Select(answer => Item(answer, start is null ? new(answer.Time) : since))],
            [.. (timeline?.Phases ?? []).Select(phase => Item(phase, since))],
            [.. (timeline?.Participants ?? []).Select(participant => Item(participant, since))],
            [.. events.Select(happened => RunDocumentEvents.Item(happened, since, dialect))],
            [.. lines.Select(line => new LogItem(start is null ? 0 : since.At(line.Time), line.Source, line.Text))]),
            RunDocumentJson.Default.RunDocument);
    }

    private static AnswerItem Item(RunOutput.Answer answer, Since since)
    {
        JsonElement? json = null;
        try
        {
            using var document = JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 1_000 });
            json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A function may answer anything; text then, with what is not UTF-8 replaced.
        }

        var text = json is null ? System.Text.Encoding.UTF8.GetString(answer.Body.Span) : null;
        return new(answer.RequestId.Value, since.At(answer.Time), json, text, answer.FunctionError);
    }

    private static PhaseItem Item(PhaseSpan phase, Since since) => new(
        Word(phase.Phase), phase.Suppressed, phase.Depth, phase.InvokeNumber, phase.RequestId?.Value, since.At(phase.Start),
        Since.Ms(phase.Duration), phase.Status is { } status ? Word(status) : null, phase.ErrorType?.Name);

    private static ParticipantItem Item(ParticipantLife participant, Since since) => new(
        participant.Name, Since.Ms(participant.WorkingTime),
        [.. participant.Stretches.Select(
            stretch => new StretchItem(since.At(stretch.Start), Since.Ms(stretch.End - stretch.Start), stretch.AtWork))],
        [.. participant.Steps.Select(step => new StepItem(since.At(step.Time), Word(step.Step), step.Failure))]);

    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Milliseconds since the start, three decimals.</summary>
    internal readonly record struct Since(DateTimeOffset Start)
    {
        public double At(DateTimeOffset time) => Ms(time - Start);

        public static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(RunDocument))]
internal sealed partial class RunDocumentJson : JsonSerializerContext;
