using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Versions;

/// <summary>PublishVersion and ListVersionsByFunction; spec (service) 5.</summary>
internal sealed class FunctionVersions(ServiceWorld world)
{
    private const int MaxItems = 10_000;

    public async Task<ServiceAnswer> PublishAsync(ServiceCall call)
    {
        var name = call.LatestFunction();
        var body = call.Body;
        var (digest, revision) = (body.Text("CodeSha256"), body.Text("RevisionId"));
        var description = body.Text("Description", Constraints.Description);
        call.MustBeValid();
        var published = await world.Store.WriteAsync(view =>
        {
            var latest = view.LatestToChange(name, revision);
            MustBeGood(latest);
            var now = latest.Deployment.Code.Sha256;
            if (digest is not null && digest != now)
            {
                throw LambdaException.InvalidParameterValue($"CodeSHA256 ({digest}) is different from current CodeSHA256 in $LATEST "
                    + $"({now}). Please try again with the CodeSHA256 in $LATEST.");
            }

            return Publishing.Published(view, latest) ?? Publishing.Publish(view, world, latest, description);
        });
        return new(json => FunctionJson.Write(json, published, ArnOf(published)));
    }

    public async Task<ServiceAnswer> ListAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var page = Page.Of(call, MaxItems);
        var after = page.After is null ? null : Tables.VersionKey(name, page.After).Name;
        var shown = await world.Store.ReadAsync(view =>
        {
            view.Function(name);
            return view.List(Tables.Versions, name, after, page.Count + 1);
        });
        return new(json =>
        {
            json.WriteList("Versions", shown.Take(page.Count), (part, one) => FunctionJson.Write(part, one, ArnOf(one), isListed: true));
            if (shown.Count > page.Count)
                json.WriteString("NextMarker", shown[page.Count - 1].Version);
        });
    }

    private static string ArnOf(VersionRecord version) => $"{FunctionConfiguration.LocalArn(version.Function)}:{version.Version}";

    private static void MustBeGood(VersionRecord latest)
    {
        if (latest.State == "Failed")
            throw new LambdaException(LambdaError.FailedState(latest.StateReason ?? ""));
        if (latest.LastUpdateStatus == "Failed")
            throw LambdaException.Conflict($"The last update has failed, so there is nothing to publish: {latest.LastUpdateStatusReason}");
    }
}
