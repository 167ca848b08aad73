using Thaw.Sandboxing.Networks;

namespace Thaw.Cli.CommandLine;

/// <summary><c>--network</c>: the same for every command.</summary>
internal static class NetworkOption
{
    public const string Name = "--network";

    public static Outcome<NetworkKind> Read(ArgumentList given)
    {
        var word = WordOption.Read(given, Name, "nat", "loopback");
        return word.Problem is not null
            ? Outcome<NetworkKind>.Unusable(word.Problem)
            : new(word.Value == "loopback" ? NetworkKind.Loopback : NetworkKind.Nat);
    }
}
