namespace Thaw.Bench.Driver;

/// <summary>Sums of samples. Medians throughout: what neighbours do to a machine shows in the ends of a distribution.</summary>
internal static class Statistics
{
    internal static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
