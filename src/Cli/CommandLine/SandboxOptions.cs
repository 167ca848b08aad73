using Thaw.Daemon.Hosting;
using Thaw.Sandboxing.Networks;

namespace Thaw.Cli.CommandLine;

/// <summary>What is said of sandboxes, by the same options for every command.</summary>
internal static class SandboxOptions
{
    private const string Isolation = "--isolation", Network = "--network", EnforceMemory = "--enforce-memory", AllCpus = "--all-cpus";

    /// <summary>With a value.</summary>
    public static string[] Names { get; } = [Isolation, Network];

    public static string[] Flags { get; } = [EnforceMemory, AllCpus];

    public static Outcome<SandboxWishes> Read(ArgumentList given)
    {
        var isolation = WordOption.Read(given, Isolation, "auto", "namespaces", "process");
        var network = WordOption.Read(given, Network, NetworkChoice.Names);
        if ((isolation.Problem ?? network.Problem) is { } problem)
            return Outcome<SandboxWishes>.Unusable(problem);
        return new(new SandboxWishes
        {
            Isolation = isolation.Value switch
            {
                "namespaces" => IsolationChoice.Namespaces,
                "process" => IsolationChoice.Process,
                _ => IsolationChoice.Auto,
            },
            Network = network.Value is { } name ? NetworkChoice.Named(name) : NetworkKind.Nat,
            EnforceMemory = given.Has(EnforceMemory),
            AllCpus = given.Has(AllCpus),
        });
    }
}
