using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Policies;

/// <summary>Who may call a function, one of its versions or aliases; spec (service) 7.</summary>
internal sealed class FunctionPermissions(ServiceWorld world)
{
    public async Task<ServiceAnswer> AddAsync(ServiceCall call)
    {
        var target = Target(call);
        var statement = Statement(call.Body, target.Arn);
        var revision = call.Body.Text("RevisionId");
        call.MustBeValid();
        await world.Store.WriteAsync(view =>
        {
            var (key, now) = Resource(view, target);
            Policy.MustBeRevision(view, key, revision, now);
            var next = world.NewRevision();
            Policy.Add(view, key, statement, next);
            Revise(view, target, next);
            return true;
        });
        return new(json => json.WriteString("Statement", statement.Json));
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var target = call.Function();
        return Policy.Answer(await world.Store.ReadAsync(view => Policy.Find(view, Resource(view, target).Key)));
    }

    public async Task<ServiceAnswer> RemoveAsync(ServiceCall call)
    {
        var (target, sid, revision) = (Target(call), call.Path("StatementId"), call.Query("RevisionId"));
        await world.Store.WriteAsync(view =>
        {
            var (key, now) = Resource(view, target);
            Policy.MustBeRevision(view, key, revision, now);
            var next = world.NewRevision();
            Policy.Remove(view, key, sid, next);
            Revise(view, target, next);
            return true;
        });
        return ServiceAnswer.None;
    }

    private static InvokeTarget Target(ServiceCall call) => call.Function() is { Qualifier: not VersionRecord.Latest } target
        ? target
        : throw LambdaException.InvalidParameterValue("We currently do not support adding policies for $LATEST.");

    /// <summary>Where its policy lies, and its revision.</summary>
    public static (RecordKey Key, string Revision) Resource(IStoreReader view, InvokeTarget target)
    {
        view.Function(target.Function);
        var version = view.Version(target);
        var qualifier = target.IsLatest ? "" : target.Qualifier!;
        return (new RecordKey(target.Function, qualifier), view.FindAlias(target.Function, qualifier)?.RevisionId ?? version.RevisionId);
    }

    /// <summary>Makes it another revision: its policy has changed.</summary>
    public static void Revise(IStoreWriter view, InvokeTarget target, string revision)
    {
        if (view.FindAlias(target.Function, target.Qualifier ?? "") is { } alias)
            view.Put(Tables.Aliases, alias with { RevisionId = revision });
        else
            view.Put(Tables.Versions, view.Version(target) with { RevisionId = revision });
    }

    private static PolicyStatement Statement(Members body, string arn)
    {
        var sid = body.Needed("StatementId", Constraints.StatementId);
        var action = body.Needed("Action", Constraints.Action);
        var principal = body.Needed("Principal", Constraints.Principal);
        var conditions = Conditions(body);
        return new PolicyStatement(sid, Policy.Text(json =>
        {
            json.WriteString("Sid", sid);
            json.WriteString("Effect", "Allow");
            WritePrincipal(json, principal);
            json.WriteString("Action", action);
            json.WriteString("Resource", arn);
            if (conditions.Count > 0)
                json.WriteObject("Condition", part => WriteConditions(part, conditions));
        }));
    }

    private static List<(string Operator, string Key, string Value)> Conditions(Members body)
    {
        List<(string Operator, string Key, string Value)> all = [];
        if (body.Text("SourceAccount", Constraints.Account) is { } account)
            all.Add(("StringEquals", "AWS:SourceAccount", account));
        if (body.Word("FunctionUrlAuthType", "NONE", "AWS_IAM") is { } type)
            all.Add(("StringEquals", "lambda:FunctionUrlAuthType", type));
        if (body.Text("PrincipalOrgID") is { } organization)
            all.Add(("StringEquals", "aws:PrincipalOrgID", organization));
        if (body.Text("EventSourceToken") is { } token)
            all.Add(("StringEquals", "lambda:EventSourceToken", token));
        if (body.Flag("InvokedViaFunctionUrl") is { } viaUrl)
            all.Add(("Bool", "lambda:InvokedViaFunctionUrl", viaUrl ? "true" : "false"));
        if (body.Text("SourceArn", Constraints.Arn) is { } source)
            all.Add(("ArnLike", "AWS:SourceArn", source));
        return all;
    }

    private static void WriteConditions(Utf8JsonWriter json, List<(string Operator, string Key, string Value)> conditions)
    {
        foreach (var same in conditions.GroupBy(condition => condition.Operator))
        {
            json.WriteObject(same.Key, part =>
            {
                foreach (var (_, key, value) in same)
                    part.WriteString(key, value);
            });
        }
    }

    private static void WritePrincipal(Utf8JsonWriter json, string principal)
    {
        if (principal == "*")
            json.WriteString("Principal", "*");
        else if (principal.Length == FunctionConfiguration.LocalAccountId.Length && principal.All(char.IsAsciiDigit))
            json.WriteObject("Principal", part => part.WriteString("AWS", $"arn:aws:iam::{principal}:root"));
        else
            json.WriteObject("Principal", part => part.WriteString(KindOf(principal), principal));
    }

    private static string KindOf(string principal) => principal.StartsWith("arn:", StringComparison.Ordinal) ? "AWS" : "Service";
}
