using System.Collections.Concurrent;
using Thaw.Daemon.Records;
using Thaw.Environments;

namespace Thaw.Daemon.Metrics;

/// <summary>The metrics of all functions. One that is gone keeps its figures: counters must not go back.</summary>
/// <param name="events">What they count.</param>
internal sealed class LambdaMetrics(EventBatches events)
{
    private readonly ConcurrentDictionary<VersionId, FunctionMetrics> functions = new();

    /// <summary>As they are now, in order of name and version.</summary>
    public IReadOnlyList<KeyValuePair<VersionId, FunctionMetrics>> All()
    {
        events.TellAll();
        return
        [
            .. functions.OrderBy(entry => entry.Key.Function, StringComparer.Ordinal)
                .ThenBy(entry => entry.Key.Version, StringComparer.Ordinal),
        ];
    }

    /// <summary>As they are now, to be read.</summary>
    public FunctionMetrics NowOf(VersionId version)
    {
        events.TellAll();
        return Of(version);
    }

    /// <summary>To count in. Only of functions that there are: strangers can think of many names.</summary>
    public FunctionMetrics Of(VersionId version) => functions.GetOrAdd(version, _ => new FunctionMetrics());

    /// <summary>The sink for the events of a new environment.</summary>
    public EnvironmentMetrics Watch(VersionId version) => new(Of(version));
}
