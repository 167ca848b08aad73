using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Store;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>What happens to functions that call themselves for ever. It is kept and shown; spec (service) 7.</summary>
internal sealed class RecursionConfig(ServiceWorld world)
{
    public async Task<ServiceAnswer> PutAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var loop = call.Body.Word("RecursiveLoop", "Allow", "Terminate");
        if (loop is null)
            call.Violations.Add(null, "recursiveLoop", "Member must not be null");
        call.MustBeValid();
        await world.Store.WriteAsync(view =>
        {
            view.Put(Tables.Functions, view.Function(name) with { RecursiveLoop = loop! });
            return true;
        });
        return new(json => json.WriteString("RecursiveLoop", loop));
    }

    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var loop = await world.Store.ReadAsync(view => view.Function(name).RecursiveLoop);
        return new(json => json.WriteString("RecursiveLoop", loop));
    }
}
