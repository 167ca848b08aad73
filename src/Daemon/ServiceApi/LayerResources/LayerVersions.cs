using System.Globalization;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.LayerResources;

/// <summary>Layers and their versions; spec (service) 7.</summary>
internal sealed class LayerVersions(ServiceWorld world)
{
    private const int MaxRuntimes = 15, MaxArchitectures = 2;

    public async Task<ServiceAnswer> PublishAsync(ServiceCall call)
    {
        var (body, name) = (call.Body, NameIn(call));
        var description = body.Text("Description", Constraints.Description);
        var license = body.Text("LicenseInfo", Constraints.LicenseInfo);
        var runtimes = body.Words("CompatibleRuntimes", 0, MaxRuntimes, Runtimes.Known);
        var architectures = body.Words("CompatibleArchitectures", 0, MaxArchitectures, "x86_64", "arm64");
        if (body.Object("Content") is not { } content)
        {
            call.Violations.Add(null, "content", "Member must not be null");
            call.MustBeValid();
            return default;
        }

        call.MustBeValid();
        using var held = await CodeRequest.AddAsync(world.Archive, CodeRequest.Zip(content), kmsKeyArn: null);
        var published = await world.Store.WriteAsync(view =>
        {
            var number = (view.Find(Tables.Layers, new RecordKey("", name))?.LastVersion ?? 0) + 1;
            var version = new LayerVersionRecord
            {
                Layer = name,
                Version = number,
                Code = held.Code,
                Description = description ?? "",
                CompatibleRuntimes = runtimes ?? [],
                CompatibleArchitectures = architectures ?? [],
                LicenseInfo = license,
                CreatedDate = world.Time.GetUtcNow(),
            };
            view.Put(Tables.Layers, new LayerRecord(name, number));
            view.Put(Tables.LayerVersions, version);
            return version;
        });
        return Answer(published, call.Server);
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var (name, number) = (NameIn(call), NumberIn(call));
        call.MustBeValid();
        return Answer(await world.Store.ReadAsync(view => Find(view, name, number)), call.Server);
    }

    public async Task<ServiceAnswer> GetByArnAsync(ServiceCall call)
    {
        var arn = call.Query("Arn") ?? "";
        call.Violations.Check(arn, "arn", Constraints.LayerVersionArn);
        call.MustBeValid();
        var parts = arn.Split(':');
        var number = NumberOf(parts[^1]);
        return Answer(await world.Store.ReadAsync(view => Find(view, parts[^2], number)), call.Server);
    }

    /// <summary>Newest first.</summary>
    public async Task<ServiceAnswer> ListVersionsAsync(ServiceCall call)
    {
        var (name, filter) = (NameIn(call), LayerFilter.Of(call));
        var page = Page.Of(call, Page.MaxCount);
        var before = page.After is null ? int.MaxValue : NumberOf(page.After);
        var shown = await world.Store.ReadAsync(view => view.List(Tables.LayerVersions, name)
            .Where(version => version.Version < before && filter.Matches(version))
            .OrderByDescending(version => version.Version)
            .Take(page.Count + 1)
            .ToArray());
        return new(json =>
        {
            json.WriteList("LayerVersions", shown.Take(page.Count), Write);
            if (shown.Length > page.Count)
                json.WriteString("NextMarker", Invariant(shown[page.Count - 1].Version));
        });
    }

    public async Task<ServiceAnswer> ListAsync(ServiceCall call)
    {
        var filter = LayerFilter.Of(call);
        var page = Page.Of(call, Page.MaxCount);
        var shown = await world.Store.ReadAsync(view => view.List(Tables.Layers, "", page.After)
            .Select(layer => view.List(Tables.LayerVersions, layer.Name).LastOrDefault(filter.Matches))
            .OfType<LayerVersionRecord>()
            .Take(page.Count + 1)
            .ToArray());
        return new(json =>
        {
            json.WriteList("Layers", shown.Take(page.Count), (part, version) =>
            {
                part.WriteString("LayerName", version.Layer);
                part.WriteString("LayerArn", ArnOf(version.Layer));
                part.WriteObject("LatestMatchingVersion", latest => Write(latest, version));
            });
            if (shown.Length > page.Count)
                json.WriteString("NextMarker", shown[page.Count - 1].Layer);
        });
    }

    /// <summary>Functions that use it keep its code. One that is not there is gone as well.</summary>
    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        var (name, number) = (NameIn(call), NumberIn(call));
        call.MustBeValid();
        await world.Store.WriteAsync(view =>
        {
            view.Remove(Tables.Policies, new RecordKey($"layer:{name}", Invariant(number)));
            return view.Remove(Tables.LayerVersions, Tables.LayerVersionKey(name, number));
        });
        return ServiceAnswer.None;
    }

    /// <exception cref="LambdaException">There is no such version.</exception>
    public static LayerVersionRecord Find(IStoreReader view, string name, int number) =>
        view.Find(Tables.LayerVersions, Tables.LayerVersionKey(name, number))
        ?? throw LambdaException.NotFound("The resource you requested does not exist.");

    public static string ArnOf(string name) =>
        $"arn:aws:lambda:{FunctionConfiguration.LocalRegion}:{FunctionConfiguration.LocalAccountId}:layer:{name}";

    /// <summary>The layer's bare name; the path may have its ARN.</summary>
    public static string NameIn(ServiceCall call)
    {
        var name = call.Path("LayerName");
        call.Violations.Check(name, "layerName", Constraints.LayerName);
        return name[(name.LastIndexOf(':') + 1)..];
    }

    public static int NumberIn(ServiceCall call) => NumberOf(call.Path("VersionNumber"));

    private static int NumberOf(string text) =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? throw new LambdaException(LambdaError.Serialization($"A version of a layer is a number, not {text}"))
            : number < 1 ? throw LambdaException.InvalidParameterValue("Layer Version Cannot be less than 1.") : number;

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, LayerVersionRecord version)
    {
        json.WriteString("LayerVersionArn", $"{ArnOf(version.Layer)}:{Invariant(version.Version)}");
        json.WriteNumber("Version", version.Version);
        json.WriteString("Description", version.Description);
        json.WriteString("CreatedDate", FunctionJson.Time(version.CreatedDate));
        if (version.CompatibleRuntimes.Count > 0)
            json.WriteTexts("CompatibleRuntimes", version.CompatibleRuntimes);
        if (version.CompatibleArchitectures.Count > 0)
            json.WriteTexts("CompatibleArchitectures", version.CompatibleArchitectures);
        json.WriteText("LicenseInfo", version.LicenseInfo);
    }

    private ServiceAnswer Answer(LayerVersionRecord version, Uri server) => new(json =>
    {
        json.WriteObject("Content", content =>
        {
            content.WriteString("Location", world.Locations.Of(version.Code, server));
            content.WriteString("CodeSha256", version.Code.Sha256);
            content.WriteNumber("CodeSize", version.Code.Size);
        });
        json.WriteString("LayerArn", ArnOf(version.Layer));
        Write(json, version);
    });
}
