using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Versions;

/// <summary>Names for versions; spec (service) 6.</summary>
internal sealed class Aliases(ServiceWorld world)
{
    private const int MaxItems = 10_000;

    public async Task<ServiceAnswer> CreateAsync(ServiceCall call)
    {
        var function = call.UnqualifiedFunction();
        var name = call.Body.Needed("Name", Constraints.Alias);
        var version = call.Body.Needed("FunctionVersion", Constraints.Version);
        var description = call.Body.Text("Description", Constraints.Description);
        var weights = Weights(call.Body);
        call.MustBeValid();
        return Answer(await world.Store.WriteAsync(view =>
        {
            view.Function(function);
            if (view.FindAlias(function, name) is not null)
                throw LambdaException.Conflict($"Alias already exists: {ArnOf(function, name)}");
            var alias = new AliasRecord
            {
                Function = function,
                Name = name,
                FunctionVersion = version,
                Description = description ?? "",
                RevisionId = world.NewRevision(),
            };
            return Put(view, Weighted(alias, weights));
        }));
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var (function, name) = Named(call);
        call.MustBeValid();
        return Answer(await world.Store.ReadAsync(view => Find(view, function, name)));
    }

    public async Task<ServiceAnswer> ListAsync(ServiceCall call)
    {
        var function = call.UnqualifiedFunction();
        var version = call.Query("FunctionVersion");
        if (version is not null)
            call.Violations.Check(version, "functionVersion", Constraints.Version);
        var page = Page.Of(call, MaxItems);
        var shown = await world.Store.ReadAsync(view =>
        {
            view.Function(function);
            return view.List(Tables.Aliases, function, page.After)
                .Where(alias => version is null || alias.FunctionVersion == version)
                .Take(page.Count + 1)
                .ToArray();
        });
        return new(json =>
        {
            json.WriteList("Aliases", shown.Take(page.Count), Write);
            if (shown.Length > page.Count)
                json.WriteString("NextMarker", shown[page.Count - 1].Name);
        });
    }

    public async Task<ServiceAnswer> UpdateAsync(ServiceCall call)
    {
        var (function, name) = Named(call);
        var version = call.Body.Text("FunctionVersion", Constraints.Version);
        var description = call.Body.Text("Description", Constraints.Description);
        var weights = Weights(call.Body);
        var revision = call.Body.Text("RevisionId");
        call.MustBeValid();
        return Answer(await world.Store.WriteAsync(view =>
        {
            var alias = Find(view, function, name);
            FunctionView.MustBeRevision(revision, alias.RevisionId);
            alias = alias with
            {
                FunctionVersion = version ?? alias.FunctionVersion,
                Description = description ?? alias.Description,
                RevisionId = world.NewRevision(),
            };
            return Put(view, weights is null ? alias : Weighted(alias, weights));
        }));
    }

    /// <summary>One that is not there is gone as well.</summary>
    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        var (function, name) = Named(call);
        call.MustBeValid();
        await world.Store.WriteAsync(view =>
        {
            view.Function(function);
            var key = new RecordKey(function, name);
            view.Remove(Tables.EventInvokes, key);
            view.Remove(Tables.Policies, key);
            return view.Remove(Tables.Aliases, key);
        });
        return ServiceAnswer.None;
    }

    private static (string Function, string Name) Named(ServiceCall call)
    {
        var name = call.Path("Name");
        call.Violations.Check(name, "name", Constraints.Alias);
        return (call.UnqualifiedFunction(), name);
    }

    private static AliasRecord Find(IStoreReader view, string function, string name)
    {
        view.Function(function);
        return view.FindAlias(function, name) ?? throw LambdaException.NotFound($"Cannot find alias arn: {ArnOf(function, name)}");
    }

    private static IReadOnlyDictionary<string, double>? Weights(Members body) => body.Object("RoutingConfig") is not { } routing ? null
        : routing.Weights("AdditionalVersionWeights", Constraints.PublishedVersion) ?? new Dictionary<string, double>();

    private static AliasRecord Weighted(AliasRecord alias, IReadOnlyDictionary<string, double>? weights)
    {
        if (weights is null || weights.Count == 0)
            return alias with { AdditionalVersion = null, AdditionalWeight = 0 };
        if (weights.Count > 1)
            throw LambdaException.InvalidParameterValue("Number of items in AdditionalVersionWeights cannot be greater than 1");
        var (version, weight) = weights.Single();
        return alias with { AdditionalVersion = version, AdditionalWeight = weight };
    }

    private static AliasRecord Put(IStoreWriter view, AliasRecord alias)
    {
        MustBeThere(view, alias.Function, alias.FunctionVersion);
        if (alias.AdditionalVersion is { } other)
        {
            if (alias.FunctionVersion == VersionRecord.Latest)
                throw LambdaException.InvalidParameterValue("$LATEST is not supported for an alias pointing to more than 1 version");
            if (alias.FunctionVersion == other)
            {
                throw LambdaException.InvalidParameterValue(
                    $"Invalid function version {other}. Function version {other} is already included in routing configuration.");
            }

            MustBeThere(view, alias.Function, other);
        }

        view.Put(Tables.Aliases, alias);
        return alias;
    }

    private static void MustBeThere(IStoreReader view, string function, string version)
    {
        if (view.FindVersion(function, version) is null)
            throw LambdaException.NoFunction($"{FunctionConfiguration.LocalArn(function)}:{version}");
    }

    private static ServiceAnswer Answer(AliasRecord alias) => new(json => Write(json, alias));

    private static void Write(Utf8JsonWriter json, AliasRecord alias)
    {
        json.WriteString("AliasArn", ArnOf(alias.Function, alias.Name));
        json.WriteString("Name", alias.Name);
        json.WriteString("FunctionVersion", alias.FunctionVersion);
        json.WriteString("Description", alias.Description);
        if (alias.AdditionalVersion is { } other)
        {
            json.WriteObject("RoutingConfig", routing => routing.WriteObject(
                "AdditionalVersionWeights", weights => weights.WriteNumber(other, alias.AdditionalWeight)));
        }

        json.WriteString("RevisionId", alias.RevisionId);
    }

    private static string ArnOf(string function, string name) => $"{FunctionConfiguration.LocalArn(function)}:{name}";
}
