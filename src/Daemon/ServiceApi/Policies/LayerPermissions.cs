using System.Globalization;
using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.LayerResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Policies;

/// <summary>Who may use a version of a layer; spec (service) 2.8.</summary>
internal sealed class LayerPermissions(ServiceWorld world)
{
    public async Task<ServiceAnswer> AddAsync(ServiceCall call)
    {
        var (name, number) = (LayerVersions.NameIn(call), LayerVersions.NumberIn(call));
        var revision = call.Query("RevisionId");
        var statement = Statement(call.Body, $"{LayerVersions.ArnOf(name)}:{number}");
        call.MustBeValid();
        var next = world.NewRevision();
        await world.Store.WriteAsync(view =>
        {
            LayerVersions.Find(view, name, number);
            Policy.MustBeRevision(view, KeyOf(name, number), revision, now: null);
            Policy.Add(view, KeyOf(name, number), statement, next);
            return true;
        });
        return new(json =>
        {
            json.WriteString("Statement", statement.Json);
            json.WriteString("RevisionId", next);
        });
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var (name, number) = (LayerVersions.NameIn(call), LayerVersions.NumberIn(call));
        call.MustBeValid();
        return Policy.Answer(await world.Store.ReadAsync(view =>
        {
            LayerVersions.Find(view, name, number);
            return Policy.Find(view, KeyOf(name, number));
        }));
    }

    public async Task<ServiceAnswer> RemoveAsync(ServiceCall call)
    {
        var (name, number) = (LayerVersions.NameIn(call), LayerVersions.NumberIn(call));
        var (sid, revision) = (call.Path("StatementId"), call.Query("RevisionId"));
        call.MustBeValid();
        await world.Store.WriteAsync(view =>
        {
            LayerVersions.Find(view, name, number);
            Policy.MustBeRevision(view, KeyOf(name, number), revision, now: null);
            Policy.Remove(view, KeyOf(name, number), sid, world.NewRevision());
            return true;
        });
        return ServiceAnswer.None;
    }

    private static RecordKey KeyOf(string name, int number) => new($"layer:{name}", number.ToString(CultureInfo.InvariantCulture));

    private static PolicyStatement Statement(Members body, string arn)
    {
        var sid = body.Needed("StatementId", Constraints.StatementId);
        var action = body.Needed("Action");
        var principal = body.Needed("Principal", Constraints.Principal);
        var organization = body.Text("OrganizationId");
        var isAccount = principal.Length == FunctionConfiguration.LocalAccountId.Length && principal.All(char.IsAsciiDigit);
        return new PolicyStatement(sid, Policy.Text(json =>
        {
            json.WriteString("Sid", sid);
            json.WriteString("Effect", "Allow");
            if (isAccount)
                json.WriteObject("Principal", part => part.WriteString("AWS", $"arn:aws:iam::{principal}:root"));
            else
                json.WriteString("Principal", principal);
            json.WriteString("Action", action);
            json.WriteString("Resource", arn);
            if (organization is not null)
            {
                json.WriteObject("Condition", part => part.WriteObject(
                    "StringEquals", equals => equals.WriteString("aws:PrincipalOrgID", organization)));
            }
        }));
    }
}
