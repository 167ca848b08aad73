using System.Globalization;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Versions;

/// <summary>A published version is a copy of <c>$LATEST</c> that never changes; spec (service) 5.</summary>
internal static class Publishing
{
    /// <summary>The last version, when nothing has changed since; null when there is something to publish.</summary>
    public static VersionRecord? Published(IStoreReader view, VersionRecord latest)
    {
        var function = view.Function(latest.Function);
        return function.PublishedChange == latest.Change
            ? view.FindVersion(latest.Function, function.LastVersion.ToString(CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>
    /// Adds the next version. It stands as <c>$LATEST</c> does: one that is still being made becomes good with it. With SnapStart it is
    /// pending until its snapshot has been taken; spec 7.1.
    /// </summary>
    /// <param name="description">The version's own; null for that of <c>$LATEST</c>.</param>
    public static VersionRecord Publish(IStoreWriter view, ServiceWorld world, VersionRecord latest, string? description)
    {
        var function = view.Function(latest.Function);
        var number = function.LastVersion + 1;
        var deployment = latest.Deployment;
        var isReady = latest is { State: "Active", LastUpdateStatus: not "InProgress" }
            && !deployment.Settings.WantsSnapshots;    // Its snapshot is to be taken first.
        var version = new VersionRecord
        {
            Function = latest.Function,
            Version = number.ToString(CultureInfo.InvariantCulture),
            RevisionId = world.NewRevision(),
            LastModified = world.Time.GetUtcNow(),
            Deployment = description is null
                ? deployment
                : deployment with { Settings = deployment.Settings with { Description = description } },
            Change = view.NextNumber(),
            State = isReady ? "Active" : "Pending",
            StateReason = isReady ? null : "The function is being created.",
            StateReasonCode = isReady ? null : "Creating",
            LastUpdateStatus = isReady ? "Successful" : null,
        };
        view.Put(Tables.Versions, version);
        view.Put(Tables.Functions, function with { LastVersion = number, PublishedChange = latest.Change });

        // Publishing can be seen in $LATEST too.
        view.Put(Tables.Versions, latest with { RevisionId = world.NewRevision() });
        return version;
    }
}
