using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>ListTags, TagResource and UntagResource, of functions and code signing configurations; spec (service) 7.</summary>
internal sealed class ResourceTags(ServiceWorld world)
{
    public async Task<ServiceAnswer> ListAsync(ServiceCall call)
    {
        var arn = Arn(call);
        call.MustBeValid();
        var tags = await world.Store.ReadAsync(view => Find(view, arn));
        return new(json => json.WriteMap("Tags", tags));
    }

    public async Task<ServiceAnswer> TagAsync(ServiceCall call)
    {
        var arn = Arn(call);
        var tags = Tags.Read(call.Body);
        if (tags is null)
            call.Violations.Add(null, "tags", "Member must not be null");
        call.MustBeValid();
        if (tags!.Count == 0)
            throw LambdaException.InvalidParameterValue("There are no tags to add: say at least one.");
        await ChangeAsync(arn, was => Tags.Added(was, tags));
        return ServiceAnswer.None;
    }

    /// <summary>Those that are not there are gone as well.</summary>
    public async Task<ServiceAnswer> UntagAsync(ServiceCall call)
    {
        var arn = Arn(call);
        var names = call.QueryAll("tagKeys");
        if (names.Count == 0)
            call.Violations.Add(null, "tagKeys", "Member must not be null");
        call.MustBeValid();
        await ChangeAsync(arn, was => was.Where(tag => !names.Contains(tag.Key)).ToDictionary());
        return ServiceAnswer.None;
    }

    private static string Arn(ServiceCall call)
    {
        var arn = call.Path("Resource");
        call.Violations.Check(arn, "resource", Constraints.TaggableArn);
        return arn;
    }

    private static IReadOnlyDictionary<string, string> Find(IStoreReader view, string arn) =>
        CodeSigning.IdIn(arn) is { } id ? CodeSigning.Find(view, id).Tags : view.Function(FunctionIn(arn)).Tags;

    private Task<bool> ChangeAsync(string arn, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change) =>
        world.Store.WriteAsync(view =>
        {
            if (CodeSigning.IdIn(arn) is { } id)
            {
                var config = CodeSigning.Find(view, id);
                view.Put(Tables.CodeSigningConfigs, config with { Tags = change(config.Tags) });
                return true;
            }

            var function = view.Function(FunctionIn(arn));
            view.Put(Tables.Functions, function with { Tags = change(function.Tags) });
            view.Put(Tables.Versions, view.Latest(function.Name) with { RevisionId = world.NewRevision() });
            return true;
        });

    private static string FunctionIn(string arn) => FunctionName.Parse(arn) switch
    {
        { Qualifier: null, Name: var name } when arn.Contains(":function:", StringComparison.Ordinal) => name,
        { Qualifier: not null } when arn.Contains(":function:", StringComparison.Ordinal) => throw LambdaException.InvalidParameterValue(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."),
        _ => throw LambdaException.InvalidParameterValue(
            $"Thaw has tags on functions and code signing configurations, not on {arn}; a function's ARN is "
            + FunctionConfiguration.LocalArn("NAME")),
    };
}
