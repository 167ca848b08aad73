using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Daemon.ServiceApi.Versions;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>
/// UpdateFunctionCode and UpdateFunctionConfiguration. What was runs on until the deployer has made the change good; spec (service) 4.4,
/// 4.6.
/// </summary>
internal sealed class UpdateFunction(ServiceWorld world)
{
    public async Task<ServiceAnswer> CodeAsync(ServiceCall call)
    {
        var name = call.LatestFunction();
        var body = call.Body;
        var architectures = body.Words("Architectures", 1, 1, "x86_64", "arm64");
        var (isPublished, isDry, revision) = (body.Flag("Publish") ?? false, body.Flag("DryRun") ?? false, body.Text("RevisionId"));
        call.MustBeValid();
        if (body.Has("PublishTo"))
            throw LambdaException.InvalidParameterValue("This version of Thaw has no Managed Instances: leave PublishTo away.");

        // Who is refused anyway need not have his code looked at.
        var was = (await world.Store.ReadAsync(view => view.LatestToChange(name, revision))).Deployment.Settings;
        was = was with { Architectures = architectures ?? was.Architectures };
        using var held = await CodeRequest.AddAsync(world.Archive, body, was, "updating");
        var (shown, arn) = await world.Store.WriteAsync(view =>
        {
            var latest = view.LatestToChange(name, revision);
            var settings = latest.Deployment.Settings;
            if (settings.IsImage != was.IsImage)
                throw LambdaException.Conflict($"{name} was created anew meanwhile, with another packageType; try again.");
            LayersRequest.MustFit(held.Code, settings.Layers);
            var unqualified = FunctionConfiguration.LocalArn(name);
            if (isDry)
                return (latest, unqualified);
            var changed = Change(view, latest, new Deployment(
                settings with { Architectures = architectures ?? settings.Architectures }, held.Code));
            if (!isPublished)
                return (changed, unqualified);
            var published = Publishing.Publish(view, world, changed, description: null);
            return (published, $"{unqualified}:{published.Version}");
        });
        return new(json => FunctionJson.Write(json, shown, arn));
    }

    public async Task<ServiceAnswer> ConfigurationAsync(ServiceCall call)
    {
        var name = call.LatestFunction();
        var body = call.Body;
        var revision = body.Text("RevisionId");
        var arns = LayersRequest.Read(body);

        // Constraints do not depend on what was.
        SettingsRequest.Read(body, new FunctionSettings { Role = "" });
        call.MustBeValid();
        var changed = await world.Store.WriteAsync(view =>
        {
            var latest = view.LatestToChange(name, revision);
            var settings = SettingsRequest.Read(body, latest.Deployment.Settings);
            SettingsRequest.Check(body, settings);
            if (arns is not null)
                settings = settings with { Layers = LayersRequest.Find(view, arns) };
            LayersRequest.MustFit(latest.Deployment.Code, settings.Layers);
            return Change(view, latest, latest.Deployment with { Settings = settings });
        });
        return new(json => FunctionJson.Write(json, changed, FunctionConfiguration.LocalArn(name)));
    }

    private VersionRecord Change(IStoreWriter view, VersionRecord latest, Deployment deployment)
    {
        var changed = latest with
        {
            RevisionId = world.NewRevision(),
            LastModified = world.Time.GetUtcNow(),
            Deployment = deployment,
            Change = view.NextNumber(),
        };

        // One that never ran has nothing to go on with.
        changed = latest.State == "Failed"
            ? changed with { State = "Pending", StateReason = "The function is being created.", StateReasonCode = "Creating" }
            : changed with
            {
                Previous = latest.Previous ?? latest.Deployment,
                PreviousChange = latest.PreviousChange ?? latest.Change,
                LastUpdateStatus = "InProgress",
                LastUpdateStatusReason = "The function is being created.",
                LastUpdateStatusReasonCode = "Creating",
            };
        view.Put(Tables.Versions, changed);
        return changed;
    }
}
