using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>
/// A stored function as it stood when somebody last wanted it: its aliases, and the versions that were wanted. Any change makes another
/// one of these. Finding what is here already allocates nothing.
/// </summary>
/// <param name="reservations">The limit of the function's own, if it has one.</param>
internal sealed class DeployedFunction(
    string name, IStore store, DeploymentPlans plans, Func<string, int?, ConcurrencyLimiter?> reservations, Random random)
{
    private static readonly FunctionState Unknown = new FunctionState.Unknown();

    private readonly ConcurrentDictionary<string, FunctionState> versions = new();
    private volatile IReadOnlyDictionary<string, AliasRecord>? aliases;

    public ValueTask<FunctionState> FindAsync(string? qualifier) =>
        aliases is { } known && versions.TryGetValue(VersionOf(known, qualifier), out var state)
            ? new(state)
            : new(LoadElsewhereAsync(qualifier));

    // A method of its own: what the lambda holds would be made by each call otherwise.
    private Task<FunctionState> LoadElsewhereAsync(string? qualifier) => Task.Run(() => LoadAsync(qualifier));

    private async Task<FunctionState> LoadAsync(string? qualifier)
    {
        var (function, known, version) = await store.ReadAsync(view =>
        {
            var all = view.List(Tables.Aliases, name).ToDictionary(alias => alias.Name);
            return (view.Find(Tables.Functions, new RecordKey("", name)), all,
                view.Find(Tables.Versions, Tables.VersionKey(name, VersionOf(all, qualifier))));
        });
        aliases = known;
        if (function is null || version is null)
            return Unknown;
        switch (version.State)
        {
            case "Inactive":
            case "Pending" when version.StateReasonCode == SnapStartVersions.Restoring:
                return new FunctionState.Asleep(new VersionId(name, version.Version));
            case "Pending":
                return new FunctionState.NotReady(version.State);
            case "Failed":
                return new FunctionState.Unusable(version.StateReason ?? "");
        }

        try
        {
            // While it is being updated, and after an update that failed, what was before runs on.
            var plan = await plans.MakeAsync(
                name, version.Version, version.Previous ?? version.Deployment, version.PreviousChange ?? version.Change);
            return versions[version.Version] = new FunctionState.Ready(
                plan with { Reserved = reservations(name, function.ReservedConcurrency) });
        }
        catch (Exception unusable) when (unusable is UnusableCodeException or UnusableFunctionException)
        {
            // It may be mended without a change of the function, so it is looked at again.
            return new FunctionState.Unusable(unusable.Message);
        }
    }

    private string VersionOf(IReadOnlyDictionary<string, AliasRecord> known, string? qualifier)
    {
        if (qualifier is null or FunctionConfiguration.Latest)
            return FunctionConfiguration.Latest;
        if (!known.TryGetValue(qualifier, out var alias))
            return FunctionName.IsVersionNumber(qualifier) ? qualifier : "";
        return alias.AdditionalVersion is { } other && random.NextDouble() < alias.AdditionalWeight ? other : alias.FunctionVersion;
    }
}
