using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.Concurrency;
using Thaw.Daemon.ServiceApi.EventInvokes;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Governance;
using Thaw.Daemon.ServiceApi.LayerResources;
using Thaw.Daemon.ServiceApi.Policies;
using Thaw.Daemon.ServiceApi.Versions;
using Thaw.Environments;

namespace Thaw.Daemon.ServiceApi;

/// <summary>Every operation that is here; spec (service) 2.</summary>
internal static class Operations
{
    /// <param name="forget">Ends the environments of a version when their work is done.</param>
    public static IReadOnlyList<Operation> All(ServiceWorld world, Action<VersionId> forget) =>
    [
        .. OfFunctions(world, forget), .. OfVersions(world), .. OfConcurrency(world), .. OfEventInvokes(world), .. OfPolicies(world),
        .. OfLayers(world), .. OfTheAccount(world), .. OfCodeSigning(world),
    ];

    private static Operation[] OfFunctions(ServiceWorld world, Action<VersionId> forget)
    {
        const string All = "/2015-03-31/functions", One = All + "/{FunctionName}";
        var folders = new FolderResources(world.Folders);
        var get = new GetFunction(world, folders);
        var update = new UpdateFunction(world);
        return
        [
            new("CreateFunction", "POST", All, 201, new CreateFunction(world).RunAsync) { MaxBodyBytes = Limits.UploadRequestBytes },
            new("ListFunctions", "GET", All, 200, new ListFunctions(world, folders).RunAsync),
            new("GetFunction", "GET", One, 200, get.RunAsync),
            new("GetFunctionConfiguration", "GET", One + "/configuration", 200, get.ConfigurationAsync),
            new("UpdateFunctionConfiguration", "PUT", One + "/configuration", 200, update.ConfigurationAsync),
            new("UpdateFunctionCode", "PUT", One + "/code", 200, update.CodeAsync) { MaxBodyBytes = Limits.UploadRequestBytes },
            new("DeleteFunction", "DELETE", One, 204, new DeleteFunction(world, forget).RunAsync),
        ];
    }

    private static Operation[] OfVersions(ServiceWorld world)
    {
        const string Function = "/2015-03-31/functions/{FunctionName}", All = Function + "/aliases", One = All + "/{Name}";
        var versions = new FunctionVersions(world);
        var aliases = new Aliases(world);
        return
        [
            new("PublishVersion", "POST", Function + "/versions", 201, versions.PublishAsync),
            new("ListVersionsByFunction", "GET", Function + "/versions", 200, versions.ListAsync),
            new("CreateAlias", "POST", All, 201, aliases.CreateAsync),
            new("ListAliases", "GET", All, 200, aliases.ListAsync),
            new("GetAlias", "GET", One, 200, aliases.GetAsync),
            new("UpdateAlias", "PUT", One, 200, aliases.UpdateAsync),
            new("DeleteAlias", "DELETE", One, 204, aliases.DeleteAsync),
        ];
    }

    private static Operation[] OfConcurrency(ServiceWorld world)
    {
        const string Changed = "/2017-10-31/functions/{FunctionName}/concurrency";
        var concurrency = new FunctionConcurrency(world);
        return
        [
            new("PutFunctionConcurrency", "PUT", Changed, 200, concurrency.PutAsync),
            new("GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency", 200, concurrency.GetAsync),
            new("DeleteFunctionConcurrency", "DELETE", Changed, 204, concurrency.DeleteAsync),
        ];
    }

    private static Operation[] OfEventInvokes(ServiceWorld world)
    {
        const string One = "/2019-09-25/functions/{FunctionName}/event-invoke-config";
        var configs = new EventInvokeConfigs(world);
        return
        [
            new("PutFunctionEventInvokeConfig", "PUT", One, 200, configs.PutAsync),
            new("UpdateFunctionEventInvokeConfig", "POST", One, 200, configs.UpdateAsync),
            new("GetFunctionEventInvokeConfig", "GET", One, 200, configs.GetAsync),
            new("DeleteFunctionEventInvokeConfig", "DELETE", One, 204, configs.DeleteAsync),
            new("ListFunctionEventInvokeConfigs", "GET", One + "/list", 200, configs.ListAsync),
        ];
    }

    private static Operation[] OfPolicies(ServiceWorld world)
    {
        const string Function = "/2015-03-31/functions/{FunctionName}/policy";
        const string Layer = "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy";
        const string Document = "/2026-07-09/resource-policy/{ResourceArn}";
        var functions = new FunctionPermissions(world);
        var documents = new ResourcePolicies(world);
        var layers = new LayerPermissions(world);
        return
        [
            new("AddPermission", "POST", Function, 201, functions.AddAsync),
            new("GetPolicy", "GET", Function, 200, functions.GetAsync),
            new("RemovePermission", "DELETE", Function + "/{StatementId}", 204, functions.RemoveAsync),
            new("PutResourcePolicy", "PUT", Document, 200, documents.PutAsync),
            new("GetResourcePolicy", "GET", Document, 200, documents.GetAsync),
            new("DeleteResourcePolicy", "DELETE", Document, 204, documents.DeleteAsync),
            new("AddLayerVersionPermission", "POST", Layer, 201, layers.AddAsync),
            new("GetLayerVersionPolicy", "GET", Layer, 200, layers.GetAsync),
            new("RemoveLayerVersionPermission", "DELETE", Layer + "/{StatementId}", 204, layers.RemoveAsync),
        ];
    }

    private static Operation[] OfLayers(ServiceWorld world)
    {
        const string Layers = "/2018-10-31/layers", All = Layers + "/{LayerName}/versions", One = All + "/{VersionNumber}";
        var layers = new LayerVersions(world);
        return
        [
            new("PublishLayerVersion", "POST", All, 201, layers.PublishAsync) { MaxBodyBytes = Limits.UploadRequestBytes },
            new("GetLayerVersionByArn", "GET", Layers, 200, layers.GetByArnAsync) { Query = ("find", "LayerVersion") },
            new("ListLayers", "GET", Layers, 200, layers.ListAsync),
            new("ListLayerVersions", "GET", All, 200, layers.ListVersionsAsync),
            new("GetLayerVersion", "GET", One, 200, layers.GetAsync),
            new("DeleteLayerVersion", "DELETE", One, 204, layers.DeleteAsync),
        ];
    }

    private static Operation[] OfTheAccount(ServiceWorld world)
    {
        const string TagsOfOne = "/2017-03-31/tags/{Resource}";
        const string Recursion = "/2024-08-31/functions/{FunctionName}/recursion-config";
        const string Runtime = "/2021-07-20/functions/{FunctionName}/runtime-management-config";
        var tags = new ResourceTags(world);
        var recursion = new RecursionConfig(world);
        var runtime = new RuntimeManagement(world);
        return
        [
            new("GetAccountSettings", "GET", "/2016-08-19/account-settings", 200, new AccountSettings(world).GetAsync),
            new("ListTags", "GET", TagsOfOne, 200, tags.ListAsync),
            new("TagResource", "POST", TagsOfOne, 204, tags.TagAsync),
            new("UntagResource", "DELETE", TagsOfOne, 204, tags.UntagAsync),
            new("PutFunctionRecursionConfig", "PUT", Recursion, 200, recursion.PutAsync),
            new("GetFunctionRecursionConfig", "GET", Recursion, 200, recursion.GetAsync),
            new("PutRuntimeManagementConfig", "PUT", Runtime, 200, runtime.PutAsync),
            new("GetRuntimeManagementConfig", "GET", Runtime, 200, runtime.GetAsync),
        ];
    }

    private static Operation[] OfCodeSigning(ServiceWorld world)
    {
        const string All = "/2020-04-22/code-signing-configs", One = All + "/{CodeSigningConfigArn}";
        const string Function = "/2020-06-30/functions/{FunctionName}/code-signing-config";
        var configs = new CodeSigning(world);
        var functions = new FunctionCodeSigning(world);
        return
        [
            new("CreateCodeSigningConfig", "POST", All, 201, configs.CreateAsync),
            new("ListCodeSigningConfigs", "GET", All, 200, configs.ListAsync),
            new("GetCodeSigningConfig", "GET", One, 200, configs.GetAsync),
            new("UpdateCodeSigningConfig", "PUT", One, 200, configs.UpdateAsync),
            new("DeleteCodeSigningConfig", "DELETE", One, 204, configs.DeleteAsync),
            new("ListFunctionsByCodeSigningConfig", "GET", One + "/functions", 200, configs.ListFunctionsAsync),
            new("PutFunctionCodeSigningConfig", "PUT", Function, 200, functions.PutAsync),
            new("GetFunctionCodeSigningConfig", "GET", Function, 200, functions.GetAsync),
            new("DeleteFunctionCodeSigningConfig", "DELETE", Function, 204, functions.DeleteAsync),
        ];
    }
}
