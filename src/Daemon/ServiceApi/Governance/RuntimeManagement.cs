using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>When a version's runtime is updated. It is kept and shown: the runtime is the machine's; spec (service) 7.</summary>
internal sealed class RuntimeManagement(ServiceWorld world)
{
    public async Task<ServiceAnswer> PutAsync(ServiceCall call)
    {
        var target = call.Function();
        var mode = call.Body.Word("UpdateRuntimeOn", "Auto", "Manual", "FunctionUpdate");
        if (mode is null)
            call.Violations.Add(null, "updateRuntimeOn", "Member must not be null");
        var runtime = call.Body.Text("RuntimeVersionArn", Constraints.RuntimeVersionArn);
        call.MustBeValid();
        if (mode == "Manual" != runtime is not null)
        {
            throw LambdaException.InvalidParameterValue(
                "You must specify a runtime version ARN when the UpdateRuntimeOn mode is Manual, and only then.");
        }

        var qualifier = target.Qualifier ?? VersionRecord.Latest;
        var record = new RuntimeManagementRecord(target.Function, qualifier, mode!, runtime);
        await world.Store.WriteAsync(view =>
        {
            view.Version(target);
            view.Put(Tables.RuntimeManagements, record);
            return true;
        });
        return Answer(record);
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var target = call.Function();
        var qualifier = target.Qualifier ?? VersionRecord.Latest;
        return Answer(await world.Store.ReadAsync(view =>
        {
            view.Version(target);
            return view.Find(Tables.RuntimeManagements, new RecordKey(target.Function, qualifier))
                ?? new RuntimeManagementRecord(target.Function, qualifier, "Auto", null);
        }));
    }

    private static ServiceAnswer Answer(RuntimeManagementRecord record) => new(json =>
    {
        json.WriteString("UpdateRuntimeOn", record.UpdateRuntimeOn);
        json.WriteText("RuntimeVersionArn", record.RuntimeVersionArn);
        json.WriteString("FunctionArn", $"{FunctionConfiguration.LocalArn(record.Function)}:{record.Qualifier}");
    });
}
