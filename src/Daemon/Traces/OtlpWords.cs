namespace Thaw.Daemon.Traces;

/// <summary>What both forms of OTLP say alike.</summary>
internal static class OtlpWords
{
    public const ulong StatusError = 2;

    private const ulong Internal = 1, Server = 2;

    public static ulong Kind(TraceSpan span) => span.IsServer ? Server : Internal;

    public static IEnumerable<KeyValuePair<string, object>> Attributes(TraceSpan span) =>
        span.ErrorType is { } type ? [.. span.Attributes, new("error.type", type)] : span.Attributes;
}
