using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>Functions as operations look for them in the store; spec (service) 3.2, 4.2.</summary>
internal static class FunctionView
{
    /// <exception cref="LambdaException">There is no such function.</exception>
    public static FunctionRecord Function(this IStoreReader view, string name) =>
        view.FindFunction(name) ?? throw LambdaException.NoFunction(FunctionConfiguration.LocalArn(name));

    public static FunctionRecord? FindFunction(this IStoreReader view, string name) => view.Find(Tables.Functions, new RecordKey("", name));

    public static VersionRecord? FindVersion(this IStoreReader view, string name, string version) =>
        view.Find(Tables.Versions, Tables.VersionKey(name, version));

    public static AliasRecord? FindAlias(this IStoreReader view, string name, string alias) =>
        view.Find(Tables.Aliases, new RecordKey(name, alias));

    /// <summary>The version that a name leads to, through an alias or not.</summary>
    /// <exception cref="LambdaException">There is no such function, version or alias.</exception>
    public static VersionRecord Version(this IStoreReader view, InvokeTarget target)
    {
        var version = target.IsLatest ? VersionRecord.Latest
            : FunctionName.IsVersionNumber(target.Qualifier!) ? target.Qualifier!
            : view.FindAlias(target.Function, target.Qualifier!)?.FunctionVersion;
        return (version is null ? null : view.FindVersion(target.Function, version)) ?? throw LambdaException.NoFunction(target.Arn);
    }

    public static VersionRecord Latest(this IStoreReader view, string name) =>
        view.FindVersion(name, VersionRecord.Latest) ?? throw LambdaException.NoFunction(FunctionConfiguration.LocalArn(name));

    /// <summary><c>$LATEST</c>, to be changed or published from.</summary>
    /// <param name="revisionId">Which revision the caller means; null for whatever there is.</param>
    /// <exception cref="LambdaException">It is being made or changed, or is another revision.</exception>
    public static VersionRecord LatestToChange(this IStoreReader view, string name, string? revisionId)
    {
        var latest = view.Latest(name);
        if (latest.State == "Pending")
            throw new LambdaException(LambdaError.NotReady(latest.State));
        if (latest.LastUpdateStatus == "InProgress")
        {
            throw LambdaException.Conflict("The operation cannot be performed at this time. "
                + $"An update is in progress for resource: {FunctionConfiguration.LocalArn(name)}");
        }

        MustBeRevision(revisionId, latest.RevisionId);
        return latest;
    }

    /// <exception cref="LambdaException">The caller means another revision.</exception>
    public static void MustBeRevision(string? asked, string now)
    {
        if (asked is not null && asked != now)
            throw new LambdaException(LambdaError.StaleRevision());
    }
}
