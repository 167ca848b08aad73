using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Policies;

/// <summary>The policy of a function as one document, in the place of all statements that were added; spec (service) 7.</summary>
internal sealed class ResourcePolicies(ServiceWorld world)
{
    public async Task<ServiceAnswer> PutAsync(ServiceCall call)
    {
        var target = Target(call);
        var (text, revision) = (call.Body.Needed("Policy"), call.Body.Text("RevisionId"));
        call.MustBeValid();
        var statements = Statements(text);
        return Policy.Answer(await world.Store.WriteAsync(view =>
        {
            var (key, now) = FunctionPermissions.Resource(view, target);
            Policy.MustBeRevision(view, key, revision, now);
            var next = world.NewRevision();
            view.Remove(Tables.Policies, key);
            foreach (var statement in statements)
                Policy.Add(view, key, statement, next);
            FunctionPermissions.Revise(view, target, next);
            return Policy.Find(view, key);
        }));
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var target = Target(call);
        return Policy.Answer(await world.Store.ReadAsync(view => Policy.Find(view, FunctionPermissions.Resource(view, target).Key)));
    }

    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        var (target, revision) = (Target(call), call.Query("RevisionId"));
        await world.Store.WriteAsync(view =>
        {
            var (key, now) = FunctionPermissions.Resource(view, target);
            Policy.Find(view, key);
            Policy.MustBeRevision(view, key, revision, now);
            FunctionPermissions.Revise(view, target, world.NewRevision());
            return view.Remove(Tables.Policies, key);
        });
        return ServiceAnswer.None;
    }

    private static InvokeTarget Target(ServiceCall call)
    {
        var arn = call.Path("ResourceArn");
        var isFunction = arn.Contains(":function:", StringComparison.Ordinal);
        return isFunction && FunctionName.Parse(arn) is { Qualifier: not VersionRecord.Latest } name
            ? new InvokeTarget(name.Name, name.Qualifier)
            : throw LambdaException.InvalidParameterValue(
                $"A policy is that of a function, a version or an alias, such as {FunctionConfiguration.LocalArn("NAME")}; not of {arn}.");
    }

    private static PolicyStatement[] Statements(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } policy || !policy.TryGetProperty("Statement", out var all))
                throw LambdaException.InvalidParameterValue("The policy is no JSON object with a Statement.");
            JsonElement[] statements = all.ValueKind == JsonValueKind.Array ? [.. all.EnumerateArray()] : [all];
            return statements.Length > 0 && Array.TrueForAll(statements, one => one.ValueKind == JsonValueKind.Object)
                ? Distinct([.. statements.Select(Statement)])
                : throw LambdaException.InvalidParameterValue("The policy's Statement is no list of objects.");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // JSON may escape half a letter: that is no text, and nobody notices before it is read.
            throw LambdaException.InvalidParameterValue($"The policy is no JSON: {broken.Message}");
        }
    }

    private static PolicyStatement[] Distinct(PolicyStatement[] statements) =>
        statements.GroupBy(one => one.Sid).FirstOrDefault(same => same.Count() > 1) is { Key: var twice }
            ? throw LambdaException.InvalidParameterValue($"The policy has two statements with the Sid {twice}; each needs one of its own.")
            : statements;

    private static PolicyStatement Statement(JsonElement statement, int at)
    {
        if (IsPublic(statement))
        {
            throw new LambdaException(new LambdaError(400, "PublicPolicyException",
                "The policy lets everybody call the function: name a principal other than *, or a Condition."));
        }

        // Statements without an id are told apart by their place.
        var sid = statement.TryGetProperty("Sid", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : $"#{at}";
        return new PolicyStatement(sid, statement.GetRawText());
    }

    private static bool IsPublic(JsonElement statement) =>
        statement.TryGetProperty("Principal", out var principal)
        && !statement.TryGetProperty("Condition", out _)
        && (!statement.TryGetProperty("Effect", out var effect) || effect.ToString() != "Deny")
        && IsEverybody(principal);

    private static bool IsEverybody(JsonElement principal) => principal.ValueKind switch
    {
        JsonValueKind.String => principal.ValueEquals("*"),
        JsonValueKind.Object => principal.EnumerateObject().Any(kind => IsEverybody(kind.Value)),
        JsonValueKind.Array => principal.EnumerateArray().Any(IsEverybody),
        _ => false,
    };
}
