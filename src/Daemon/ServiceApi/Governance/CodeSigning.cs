using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>Code signing configurations. They are kept and shown: no signature is checked; spec (service) 7.</summary>
internal sealed class CodeSigning(ServiceWorld world)
{
    private const string Kind = ":code-signing-config:", Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    private const int MaxItems = 10_000, MaxProfiles = 20, IdLetters = 17;

    public async Task<ServiceAnswer> CreateAsync(ServiceCall call)
    {
        var basis = new CodeSigningConfigRecord
        {
            Id = "csc-" + new string(world.Random.GetItems(Letters.AsSpan(), IdLetters)),
            SigningProfileVersionArns = [],
            LastModified = world.Time.GetUtcNow(),
        };
        if (!call.Body.Has("AllowedPublishers"))
            call.Violations.Add(null, "allowedPublishers", "Member must not be null");
        var config = Read(call.Body, basis) with { Tags = Tags.Read(call.Body) ?? basis.Tags };
        call.MustBeValid();
        return Answer(await world.Store.WriteAsync(view => Put(view, config)));
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var id = Id(call);
        return Answer(await world.Store.ReadAsync(view => Find(view, id)));
    }

    public async Task<ServiceAnswer> UpdateAsync(ServiceCall call)
    {
        var id = Id(call);
        Read(call.Body, new CodeSigningConfigRecord { Id = id, SigningProfileVersionArns = [], LastModified = default });
        call.MustBeValid();
        return Answer(await world.Store.WriteAsync(view =>
            Put(view, Read(call.Body, Find(view, id)) with { LastModified = world.Time.GetUtcNow() })));
    }

    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        var id = Id(call);
        await world.Store.WriteAsync(view =>
        {
            Find(view, id);
            if (Users(view, id).FirstOrDefault() is { } user)
                throw LambdaException.Conflict($"The code signing configuration is used by the function {user}; take it away there first.");
            return view.Remove(Tables.CodeSigningConfigs, new RecordKey("", id));
        });
        return ServiceAnswer.None;
    }

    public async Task<ServiceAnswer> ListAsync(ServiceCall call)
    {
        var page = Page.Of(call, MaxItems);
        var shown = await world.Store.ReadAsync(view => view.List(Tables.CodeSigningConfigs, "", page.After, page.Count + 1));
        return new(json =>
        {
            json.WriteList("CodeSigningConfigs", shown.Take(page.Count), Write);
            if (shown.Count > page.Count)
                json.WriteString("NextMarker", shown[page.Count - 1].Id);
        });
    }

    public async Task<ServiceAnswer> ListFunctionsAsync(ServiceCall call)
    {
        var id = Id(call);
        var page = Page.Of(call, MaxItems);
        var shown = await world.Store.ReadAsync(view =>
        {
            Find(view, id);
            return Users(view, id, page.After).Take(page.Count + 1).ToArray();
        });
        return new(json =>
        {
            json.WriteTexts("FunctionArns", shown.Take(page.Count).Select(FunctionConfiguration.LocalArn));
            if (shown.Length > page.Count)
                json.WriteString("NextMarker", shown[page.Count - 1]);
        });
    }

    /// <exception cref="LambdaException">There is no such configuration.</exception>
    public static void MustExist(IStoreReader view, string? arn)
    {
        if (arn is not null)
            Find(view, IdIn(arn) ?? arn);
    }

    /// <summary>Null when it is no code signing configuration's.</summary>
    public static string? IdIn(string arn) =>
        arn.IndexOf(Kind, StringComparison.Ordinal) is >= 0 and var at ? arn[(at + Kind.Length)..] : null;

    public static CodeSigningConfigRecord Find(IStoreReader view, string id) =>
        view.Find(Tables.CodeSigningConfigs, new RecordKey("", id)) ?? throw new LambdaException(new LambdaError(
            404, "CodeSigningConfigNotFoundException",
            $"The code signing configuration cannot be found. Check that the provided configuration is not deleted: {ArnOf(id)}."));

    private static string Id(ServiceCall call)
    {
        var arn = call.Path("CodeSigningConfigArn");
        call.Violations.Check(arn, "codeSigningConfigArn", Constraints.SigningConfigArn);
        call.MustBeValid();
        return IdIn(arn)!;
    }

    private static IEnumerable<string> Users(IStoreReader view, string id, string? after = null) => view.List(Tables.Functions, "", after)
        .Where(function => function.CodeSigningConfigArn is { } arn && IdIn(arn) == id)
        .Select(function => function.Name);

    private static CodeSigningConfigRecord Read(Members body, CodeSigningConfigRecord was) => was with
    {
        Description = body.Text("Description", Constraints.Description) ?? was.Description,
        SigningProfileVersionArns = body.Object("AllowedPublishers")?.Texts("SigningProfileVersionArns", MaxProfiles, Constraints.Arn)
            ?? was.SigningProfileVersionArns,
        UntrustedArtifactOnDeployment = body.Object("CodeSigningPolicies")?.Word("UntrustedArtifactOnDeployment", "Warn", "Enforce")
            ?? was.UntrustedArtifactOnDeployment,
    };

    private static CodeSigningConfigRecord Put(IStoreWriter view, CodeSigningConfigRecord config)
    {
        view.Put(Tables.CodeSigningConfigs, config);
        return config;
    }

    private static ServiceAnswer Answer(CodeSigningConfigRecord config) =>
        new(json => json.WriteObject("CodeSigningConfig", part => Write(part, config)));

    private static void Write(Utf8JsonWriter json, CodeSigningConfigRecord config)
    {
        json.WriteString("CodeSigningConfigId", config.Id);
        json.WriteString("CodeSigningConfigArn", ArnOf(config.Id));
        json.WriteString("Description", config.Description);
        json.WriteObject("AllowedPublishers", part => part.WriteTexts("SigningProfileVersionArns", config.SigningProfileVersionArns));
        json.WriteObject("CodeSigningPolicies", part => part.WriteString(
            "UntrustedArtifactOnDeployment", config.UntrustedArtifactOnDeployment));
        json.WriteString("LastModified", FunctionJson.Time(config.LastModified));
    }

    private static string ArnOf(string id) =>
        $"arn:aws:lambda:{FunctionConfiguration.LocalRegion}:{FunctionConfiguration.LocalAccountId}{Kind}{id}";
}
