using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.ServiceApi.Governance;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Daemon.ServiceApi.Versions;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>
/// A new function begins as <c>Pending</c>; the deployer makes it <c>Active</c>. Spec (service) 4.1, 4.4.
///
///   members (400) --> zip or image (400, 413) --> name free (409), layers (400) --> $LATEST, and version 1 if it is to be published
/// </summary>
internal sealed class CreateFunction(ServiceWorld world)
{
    public async Task<ServiceAnswer> RunAsync(ServiceCall call)
    {
        var body = call.Body;
        var name = Name(call);
        var settings = Settings(body);
        var arns = LayersRequest.Read(body) ?? [];
        var tags = Tags.Read(body) ?? new Dictionary<string, string>();
        var signing = body.Text("CodeSigningConfigArn", Constraints.SigningConfigArn);
        var isPublished = body.Flag("Publish") ?? false;
        MustBeUnmanaged(body);
        if (body.Object("Code") is not { } code)
        {
            call.Violations.Add(null, "code", "Member must not be null");
            call.MustBeValid();
            return default;
        }

        call.MustBeValid();
        SettingsRequest.Check(body, settings);
        using var held = await CodeRequest.AddAsync(world.Archive, code, settings, "creating");
        var created = await world.Store.WriteAsync(view =>
        {
            if (view.FindFunction(name) is not null)
                throw LambdaException.Conflict($"Function already exist: {name}");
            var layers = LayersRequest.Find(view, arns);
            LayersRequest.MustFit(held.Code, layers);
            CodeSigning.MustExist(view, signing);
            return Create(view, name, new Deployment(settings with { Layers = layers }, held.Code), tags, signing, isPublished);
        });
        if (world.Folders.Has(name))
            world.Notice($"{name} was created, so the folder of that name is not used while it is there");
        return new(json => FunctionJson.Write(json, created, FunctionConfiguration.LocalArn(name)));
    }

    private VersionRecord Create(
        IStoreWriter view, string name, Deployment deployment, IReadOnlyDictionary<string, string> tags, string? signing, bool isPublished)
    {
        var latest = new VersionRecord
        {
            Function = name,
            Version = VersionRecord.Latest,
            RevisionId = world.NewRevision(),
            LastModified = world.Time.GetUtcNow(),
            Deployment = deployment,
            Change = view.NextNumber(),
            State = "Pending",
            StateReason = "The function is being created.",
            StateReasonCode = "Creating",
        };
        view.Put(Tables.Functions, new FunctionRecord { Name = name, Tags = tags, CodeSigningConfigArn = signing });
        view.Put(Tables.Versions, latest);
        return isPublished ? Publishing.Publish(view, world, latest, description: null) : latest;
    }

    private static FunctionSettings Settings(Members body)
    {
        var role = body.Needed("Role", Constraints.Role);

        // Once more for its constraint would tell of the same fault twice.
        var type = body.Word("PackageType", "Zip", "Image") ?? "Zip";
        var settings = SettingsRequest.Read(body, new FunctionSettings { Role = role, PackageType = type }, hasRole: false);
        return body.Words("Architectures", 1, 1, "x86_64", "arm64") is { } architectures
            ? settings with { Architectures = architectures }
            : settings;
    }

    private static string Name(ServiceCall call)
    {
        var text = call.Body.Needed("FunctionName", Constraints.NotEmpty);
        if (text.Length == 0)
            return "";
        if (FunctionName.Parse(text) is { Qualifier: null, Name: var name } && FunctionName.IsBareName(name))
            return name;
        if (FunctionName.IsLongBareName(text))
            throw new LambdaException(LambdaError.NameTooLong(text));
        call.Violations.Add(text, "functionName", $"Member must satisfy regular expression pattern: {FunctionName.Pattern}");
        return "";
    }

    private static void MustBeUnmanaged(Members body)
    {
        if (body.Has("PublishTo"))
            throw LambdaException.InvalidParameterValue("This version of Thaw has no Managed Instances: leave PublishTo away.");
    }
}
