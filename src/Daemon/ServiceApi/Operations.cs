using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Daemon.ServiceApi.Requests;
using Thaw.Environments;

namespace Thaw.Daemon.ServiceApi;

/// <summary>Every operation that is here; spec (service) 2.</summary>
internal static class Operations
{
    /// <param name="forget">Ends the environments of a version when their work is done.</param>
    public static IReadOnlyList<Operation> All(ServiceWorld world, Action<VersionId> forget) =>
    [
        .. Functions(world, forget),
    ];

    private static Operation[] Functions(ServiceWorld world, Action<VersionId> forget)
    {
        const string All = "/2015-03-31/functions", One = All + "/{FunctionName}";
        var folders = new FolderResources(world.Folders);
        var get = new GetFunction(world, folders);
        var update = new UpdateFunction(world);
        return
        [
            new("CreateFunction", "POST", All, 201, new CreateFunction(world).RunAsync) { MaxBodyBytes = CodeRequest.MaxBodyBytes },
            new("ListFunctions", "GET", All, 200, new ListFunctions(world, folders).RunAsync),
            new("GetFunction", "GET", One, 200, get.RunAsync),
            new("GetFunctionConfiguration", "GET", One + "/configuration", 200, get.ConfigurationAsync),
            new("UpdateFunctionConfiguration", "PUT", One + "/configuration", 200, update.ConfigurationAsync),
            new("UpdateFunctionCode", "PUT", One + "/code", 200, update.CodeAsync) { MaxBodyBytes = CodeRequest.MaxBodyBytes },
            new("DeleteFunction", "DELETE", One, 204, new DeleteFunction(world, forget).RunAsync),
        ];
    }
}
