using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>GetFunction and GetFunctionConfiguration; spec (service) 4.3, 4.5. Functions in folders are shown as well.</summary>
internal sealed class GetFunction(ServiceWorld world, FolderResources folders)
{
    public async Task<ServiceAnswer> RunAsync(ServiceCall call)
    {
        var target = call.Function();
        if (await FindAsync(target) is not { } found)
            return folders.Answer(await folders.FindAsync(target) ?? throw LambdaException.NoFunction(target.Arn));
        var location = world.Locations.Of(found.Version.Deployment.Code, call.Server);
        return new(json =>
        {
            json.WriteObject("Configuration", part => FunctionJson.Write(part, found.Version, target.Arn));
            json.WriteObject("Code", part =>
            {
                part.WriteString("RepositoryType", "S3");
                part.WriteString("Location", location);
                part.WriteText("SourceKMSKeyArn", found.Version.Deployment.Code.SourceKmsKeyArn);
            });
            if (found.Function.Tags.Count > 0)
                json.WriteMap("Tags", found.Function.Tags);
            if (found.Function.ReservedConcurrency is { } reserved && target.Qualifier is null)
                json.WriteObject("Concurrency", part => part.WriteNumber("ReservedConcurrentExecutions", reserved));
        });
    }

    public async Task<ServiceAnswer> ConfigurationAsync(ServiceCall call)
    {
        var target = call.Function();
        var version = (await FindAsync(target))?.Version
            ?? await folders.FindAsync(target)
            ?? throw LambdaException.NoFunction(target.Arn);
        return new(json => FunctionJson.Write(json, version, target.Arn));
    }

    /// <summary>Null when the store has no function of that name.</summary>
    private Task<Found?> FindAsync(InvokeApi.InvokeTarget target) => world.Store.ReadAsync(view =>
        view.FindFunction(target.Function) is { } function ? new Found(function, view.Version(target)) : null);

    private sealed record Found(FunctionRecord Function, VersionRecord Version);
}
