namespace Thaw.Daemon.Functions;

/// <summary>Those that were created, and those in folders. A created one comes before a folder of its name.</summary>
internal sealed class AllFunctions(DeployedFunctions deployed, FunctionFolders folders) : IFunctions
{
    public ValueTask<FunctionState> FindAsync(string name, string? qualifier)
    {
        var isDeployed = deployed.HasAsync(name);
        return isDeployed.IsCompletedSuccessfully
            ? Find(name, qualifier, isDeployed.Result)
            : new(FindAsync(isDeployed.AsTask(), name, qualifier));
    }

    private async Task<FunctionState> FindAsync(Task<bool> isDeployed, string name, string? qualifier) =>
        await Find(name, qualifier, await isDeployed);

    private ValueTask<FunctionState> Find(string name, string? qualifier, bool isDeployed) =>
        isDeployed ? deployed.FindAsync(name, qualifier) : folders.FindAsync(name, qualifier);
}
