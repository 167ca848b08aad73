namespace Thaw.Daemon.Functions;

/// <summary>Where the daemon finds the functions that it may run.</summary>
internal interface IFunctions
{
    /// <summary>How a function stands now. May be called from any thread.</summary>
    ValueTask<FunctionState> FindAsync(string name);
}
