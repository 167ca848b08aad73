using System.Collections.Concurrent;
using Thaw.Environments;

namespace Thaw.Daemon.Metrics;

/// <summary>The metrics of all functions. One that is gone keeps its figures: counters must not go back.</summary>
internal sealed class LambdaMetrics
{
    private readonly ConcurrentDictionary<VersionId, FunctionMetrics> functions = new();

    /// <summary>In order of name and version.</summary>
    public IReadOnlyList<KeyValuePair<VersionId, FunctionMetrics>> All =>
    [
        .. functions.OrderBy(entry => entry.Key.Function, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Version, StringComparer.Ordinal),
    ];

    /// <summary>Only of functions that there are: strangers can think of many names.</summary>
    public FunctionMetrics Of(VersionId version) => functions.GetOrAdd(version, _ => new FunctionMetrics());

    /// <summary>The sink for the events of a new environment.</summary>
    public EnvironmentMetrics Watch(VersionId version) => new(Of(version));
}
