using System.Globalization;

namespace Thaw.Daemon.Traces;

/// <summary>Which traces are exported: the samplers of OpenTelemetry's variables.</summary>
/// <param name="HeedsParent">Whether a caller that has decided is followed.</param>
/// <param name="Ratio">Of all others, 0 to 1.</param>
internal sealed record TraceSampler(bool HeedsParent, double Ratio)
{
    private const string ParentBased = "parentbased_";

    /// <summary>Null when there is no such sampler.</summary>
    /// <param name="name">The value of OTEL_TRACES_SAMPLER.</param>
    /// <param name="argument">The value of OTEL_TRACES_SAMPLER_ARG; 1 when it is none from 0 to 1, as the standard says.</param>
    public static TraceSampler? Find(string? name, string? argument)
    {
        name ??= "parentbased_always_on";
        var heedsParent = name.StartsWith(ParentBased, StringComparison.Ordinal);
        var isRatio = double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1;
        return (heedsParent ? name[ParentBased.Length..] : name) switch
        {
            "always_on" => new(heedsParent, 1),
            "always_off" => new(heedsParent, 0),
            "traceidratio" => new(heedsParent, isRatio ? ratio : 1),
            _ => null,
        };
    }

    /// <param name="traceId">Every part of the system that sees the trace decides by its last digits, and so alike.</param>
    /// <param name="isParentSampled">Null when nobody has decided.</param>
    public bool Takes(string traceId, bool? isParentSampled)
    {
        if (HeedsParent && isParentSampled is { } decided)
            return decided;
        var low = ulong.Parse(traceId.AsSpan(16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> 1;
        return Ratio >= 1 || low < (ulong)(Ratio * long.MaxValue);
    }
}
