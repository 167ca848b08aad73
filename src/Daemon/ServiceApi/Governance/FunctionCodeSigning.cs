using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Store;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>The code signing configuration of a function; spec (service) 7. Terraform asks for it after each look at a function.</summary>
internal sealed class FunctionCodeSigning(ServiceWorld world)
{
    public async Task<ServiceAnswer> PutAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var arn = call.Body.Needed("CodeSigningConfigArn", Constraints.SigningConfigArn);
        call.MustBeValid();
        await SetAsync(name, arn);
        return Answer(name, arn);
    }

    /// <summary>Nothing at all when there is none.</summary>
    public async Task<ServiceAnswer> GetAsync(ServiceCall call)
    {
        var name = call.UnqualifiedFunction();
        var arn = await world.Store.ReadAsync(view => view.Function(name).CodeSigningConfigArn);
        return arn is null ? ServiceAnswer.Empty : Answer(name, arn);
    }

    public async Task<ServiceAnswer> DeleteAsync(ServiceCall call)
    {
        await SetAsync(call.UnqualifiedFunction(), arn: null);
        return ServiceAnswer.None;
    }

    private static ServiceAnswer Answer(string name, string arn) => new(json =>
    {
        json.WriteString("CodeSigningConfigArn", arn);
        json.WriteString("FunctionName", name);
    });

    private Task<bool> SetAsync(string name, string? arn) => world.Store.WriteAsync(view =>
    {
        var function = view.Function(name);
        CodeSigning.MustExist(view, arn);
        view.Put(Tables.Functions, function with { CodeSigningConfigArn = arn });
        return true;
    });
}
