using Thaw.Contracts;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Hosting;

/// <summary>What a function sees of the network: what the daemon gives, or less where its owner wants that.</summary>
public static class NetworkChoice
{
    /// <summary>A customer's variable: <c>loopback</c>, <c>nat</c> or <c>host</c>.</summary>
    public const string Variable = "THAW_NETWORK";

    private static readonly (string Name, NetworkKind Kind)[] Kinds =
        [("loopback", NetworkKind.Loopback), ("nat", NetworkKind.Nat), ("host", NetworkKind.Host)];

    /// <summary>All names, the least first.</summary>
    public static string[] Names { get; } = [.. Kinds.Select(each => each.Name)];

    public static NetworkKind Named(string name) => Kinds.First(each => each.Name == name).Kind;

    /// <param name="given">The most that it may have.</param>
    /// <exception cref="SandboxException">Its variable names none.</exception>
    public static NetworkKind Of(FunctionConfiguration function, NetworkKind given)
    {
        if (!function.Variables.TryGetValue(Variable, out var name))
            return given;
        if (!Names.Contains(name))
            throw new SandboxException($"the variable {Variable} is {string.Join(", ", Names)}, not \"{name}\"");
        return Named(name) < given ? Named(name) : given;
    }
}
