using System.Text.Json;
using Thaw.Store.Images;
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
        var code = found.Version.Deployment.Code;
        return new(json =>
        {
            json.WriteObject("Configuration", part => FunctionJson.Write(part, found.Version, target.Arn));
            json.WriteObject("Code", part => WriteCode(part, code, call.Server));
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

    private void WriteCode(Utf8JsonWriter json, CodeReference code, Uri server)
    {
        if (code.ImageUri is { } image)
        {
            json.WriteString("RepositoryType", "ECR");
            json.WriteString("ImageUri", image);
            json.WriteString("ResolvedImageUri", ImageReference.Resolved(ImageReference.Parse(image)?.Path ?? image, code.Sha256));
            return;
        }

        json.WriteString("RepositoryType", "S3");
        json.WriteString("Location", world.Locations.Of(code, server));
        json.WriteText("SourceKMSKeyArn", code.SourceKmsKeyArn);
    }

    /// <summary>Null when the store has no function of that name.</summary>
    private Task<Found?> FindAsync(InvokeApi.InvokeTarget target) => world.Store.ReadAsync(view =>
        view.FindFunction(target.Function) is { } function ? new Found(function, view.Version(target)) : null);

    private sealed record Found(FunctionRecord Function, VersionRecord Version);
}
