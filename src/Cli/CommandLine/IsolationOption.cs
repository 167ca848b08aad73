using Thaw.Daemon.Hosting;

namespace Thaw.Cli.CommandLine;

/// <summary><c>--isolation</c>: the same for every command.</summary>
internal static class IsolationOption
{
    public const string Name = "--isolation";

    public static Outcome<IsolationChoice> Read(ArgumentList given)
    {
        var word = WordOption.Read(given, Name, "auto", "namespaces", "process");
        return word.Problem is not null ? Outcome<IsolationChoice>.Unusable(word.Problem) : new(word.Value switch
        {
            "namespaces" => IsolationChoice.Namespaces,
            "process" => IsolationChoice.Process,
            _ => IsolationChoice.Auto,
        });
    }
}
