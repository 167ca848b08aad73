using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Store;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>What the account may have, and what it has; spec (service) 7.</summary>
internal sealed class AccountSettings(ServiceWorld world)
{
    private const long TotalCodeBytes = 80_530_636_800;

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var (bytes, functions, reserved) = await world.Store.ReadAsync(view => (
            view.List(Tables.Functions, "").SelectMany(function => view.List(Tables.Versions, function.Name))
                .Sum(version => version.Deployment.Code.Size)
            + view.List(Tables.Layers, "").SelectMany(layer => view.List(Tables.LayerVersions, layer.Name))
                .Sum(version => version.Code.Size),
            view.Count(Tables.Functions, ""),
            ReservedConcurrency.Reserved(view)));
        return new(json =>
        {
            json.WriteObject("AccountLimit", limit =>
            {
                limit.WriteNumber("TotalCodeSize", TotalCodeBytes);
                limit.WriteNumber("CodeSizeUnzipped", Limits.UnzippedCodeBytes);
                limit.WriteNumber("CodeSizeZipped", Limits.UploadedZipBytes);
                limit.WriteNumber("ConcurrentExecutions", world.Concurrency);
                limit.WriteNumber("UnreservedConcurrentExecutions", world.Concurrency - reserved);
            });
            json.WriteObject("AccountUsage", usage =>
            {
                usage.WriteNumber("TotalCodeSize", bytes);
                usage.WriteNumber("FunctionCount", functions);
            });
        });
    }
}
