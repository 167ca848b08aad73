namespace Thaw.Daemon.Traces;

/// <summary><c>Root=1-5e9d0a1a-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1</c>, as OpenTelemetry has it.</summary>
/// <param name="TraceId">Root without its version and dashes: 32 hexadecimal digits.</param>
/// <param name="ParentId">Null when there is none.</param>
/// <param name="IsSampled">Null when it is for us to decide.</param>
internal sealed record XRayHeader(string TraceId, string? ParentId, bool? IsSampled)
{
    /// <summary>Null for a header without a trace.</summary>
    public static XRayHeader? Read(string? header)
    {
        string? trace = null, parent = null;
        bool? isSampled = null;
        foreach (var part in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            switch (part.Split('=', 2))
            {
                case ["Root", var root] when root.Split('-') is ["1", { Length: 8 } time, { Length: 24 } rest] && IsHex(time + rest):
                    trace = (time + rest).ToLowerInvariant();
                    break;
                case ["Parent", { Length: 16 } id] when IsHex(id):
                    parent = id.ToLowerInvariant();
                    break;
                case ["Sampled", "0" or "1"]:
                    isSampled = part[^1] == '1';
                    break;
            }
        }

        return trace is null ? null : new(trace, parent, isSampled);
    }

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigit) && text.Any(digit => digit != '0');
}
