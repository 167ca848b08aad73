namespace Thaw.Bench.Driver.Reports;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured, and against what when that is not the floor.</param>
/// <param name="Unit">Of both values.</param>
/// <param name="Thaw">Median of the rounds.</param>
/// <param name="Floor">The same of what Thaw is measured against; null when the target is absolute.</param>
/// <param name="Ratio">Median of the rounds' ratios.</param>
/// <param name="Target">In words; null for what is only told.</param>
/// <param name="Passes">Whether the target is met.</param>
/// <param name="Rounds">Both values of each round.</param>
internal sealed record Row(
    string Name,
    string Unit,
    double Thaw,
    double? Floor,
    double? Ratio,
    string? Target,
    bool? Passes,
    IReadOnlyList<double[]> Rounds)
{
    internal static Row AtMost(string name, string unit, Duel duel, double target) =>
        Of(name, unit, duel, FormattableString.Invariant($"<= {target}"), duel.Ratio <= target);

    internal static Row AtLeast(string name, string unit, Duel duel, double target) =>
        Of(name, unit, duel, FormattableString.Invariant($">= {target}"), duel.Ratio >= target);

    internal static Row Of(string name, string unit, Duel duel, string? target, bool? passes) =>
        new(name, unit, duel.Thaw, duel.Floor, duel.Ratio, target, passes, duel.Rounds);

    internal static Row Below(string name, string unit, double value, double target) =>
        new(name, unit, value, null, null, FormattableString.Invariant($"< {target} {unit}"), value < target, []);
}
