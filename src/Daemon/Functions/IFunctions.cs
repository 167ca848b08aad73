namespace Thaw.Daemon.Functions;

/// <summary>Where the daemon finds the functions that it may run.</summary>
internal interface IFunctions
{
    /// <summary>How a function stands now. May be called from any thread, which it does not block.</summary>
    /// <param name="name">The bare name.</param>
    /// <param name="qualifier">A version or an alias; null is <c>$LATEST</c>. An alias with two versions answers with one of them.</param>
    ValueTask<FunctionState> FindAsync(string name, string? qualifier);
}
