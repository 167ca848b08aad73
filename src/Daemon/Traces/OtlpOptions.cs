using System.Globalization;

namespace Thaw.Daemon.Traces;

/// <summary>How traces are exported: OpenTelemetry's own variables, with its defaults.</summary>
internal sealed record OtlpOptions
{
    public required Uri Endpoint { get; init; }

    public required TraceSampler Sampler { get; init; }

    public bool IsJson { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of a batch with all its attempts.</summary>
    public TimeSpan ExportTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ScheduleDelay { get; init; } = TimeSpan.FromSeconds(5);

    public int MaxQueueSize { get; init; } = 2_048;

    public int MaxBatchSize { get; init; } = 512;

    /// <summary>What the traces come from; it always has a <c>service.name</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Resource { get; init; } = [new("service.name", "thaw")];

    /// <summary>Null when nobody asked for traces, or asked for what we do not have; then the notice tells it.</summary>
    /// <param name="variable">The value of a variable, null when it is not set.</param>
    public static OtlpOptions? Read(Func<string, string?> variable, Action<string> notice)
    {
        if (Endpoints(Value) is not { } address || Value("OTEL_TRACES_EXPORTER") == "none"
            || "true".Equals(Value("OTEL_SDK_DISABLED"), StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            return Off($"\"{address}\" is no http address");
        if (Value("OTEL_TRACES_EXPORTER") is { } exporter and not "otlp")
            return Off($"OTEL_TRACES_EXPORTER is otlp or none, not \"{exporter}\"");
        var protocol = Value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? Value("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/protobuf";
        if (protocol is not ("http/protobuf" or "http/json"))
            return Off($"the protocol is http/protobuf or http/json, not \"{protocol}\"");
        if (TraceSampler.Find(Value("OTEL_TRACES_SAMPLER"), Value("OTEL_TRACES_SAMPLER_ARG")) is not { } sampler)
            return Off($"there is no sampler {Value("OTEL_TRACES_SAMPLER")}");

        var queue = Number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048);
        return new OtlpOptions
        {
            Endpoint = endpoint,
            Sampler = sampler,
            IsJson = protocol == "http/json",
            Headers = [.. Pairs(Value("OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? Value("OTEL_EXPORTER_OTLP_HEADERS"))],
            Timeout = Milliseconds(
                Value("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT") is null ? "OTEL_EXPORTER_OTLP_TIMEOUT" : "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
                10_000),
            ExportTimeout = Milliseconds("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
            ScheduleDelay = Milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5_000),
            MaxQueueSize = queue,
            MaxBatchSize = Math.Min(queue, Number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512)),
            Resource = ResourceOf(Value("OTEL_SERVICE_NAME"), Value("OTEL_RESOURCE_ATTRIBUTES")),
        };

        // Empty is as good as not set, says the standard.
        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } text ? text : null;

        TimeSpan Milliseconds(string name, int usual) => TimeSpan.FromMilliseconds(Number(name, usual));

        int Number(string name, int usual)
        {
            if (Value(name) is not { } text)
                return usual;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
                return number;
            notice($"{name} is a whole number above 0, not \"{text}\"; using {usual}");
            return usual;
        }

        OtlpOptions? Off(string problem)
        {
            notice($"no traces are exported: {problem}");
            return null;
        }
    }

    private static string? Endpoints(Func<string, string?> value) => value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        ?? (value("OTEL_EXPORTER_OTLP_ENDPOINT") is { } all ? $"{all.TrimEnd('/')}/v1/traces" : null);

    private static KeyValuePair<string, string>[] ResourceOf(string? service, string? attributes)
    {
        var given = Pairs(attributes).Where(pair => service is null || pair.Key != "service.name").ToArray();
        return given.Any(pair => pair.Key == "service.name") ? given : [new("service.name", service ?? "thaw"), .. given];
    }

    // name=value,name=value; values are percent-encoded.
    private static IEnumerable<KeyValuePair<string, string>> Pairs(string? text)
    {
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value])
                yield return new(name, Uri.UnescapeDataString(value));
        }
    }
}
