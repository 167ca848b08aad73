namespace Thaw.Daemon.Functions;

/// <summary>Those that were created, and those in folders. A created one comes before a folder of its name.</summary>
internal sealed class AllFunctions(IFunctions deployed, IFunctions folders) : IFunctions
{
    // One that is just being deleted is no more; then its folder is there again, without a moment between in which neither is.
    public ValueTask<FunctionState> FindAsync(string name, string? qualifier)
    {
        var created = deployed.FindAsync(name, qualifier);
        if (!created.IsCompletedSuccessfully)
            return new(FindAsync(created.AsTask(), name, qualifier));
        var state = created.Result;
        return state is FunctionState.Unknown ? folders.FindAsync(name, qualifier) : new(state);
    }

    private async Task<FunctionState> FindAsync(Task<FunctionState> created, string name, string? qualifier) =>
        await created is var state and not FunctionState.Unknown ? state : await folders.FindAsync(name, qualifier);
}
