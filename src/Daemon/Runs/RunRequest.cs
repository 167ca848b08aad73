using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Hosting;

namespace Thaw.Daemon.Runs;

/// <summary>One function, once through its whole life.</summary>
public sealed record RunRequest
{
    public required FunctionRequest Function { get; init; }

    /// <summary>JSON.</summary>
    public required ReadOnlyMemory<byte> Event { get; init; }

    public InitializationType InitializationType { get; init; } = InitializationType.OnDemand;

    /// <summary>
    /// Each invoke gets a clone of its own, beside a cold start; where snapshots can be taken. Otherwise, and when only the type of
    /// initialization says snap-start, Restore goes on in the processes of Init.
    /// </summary>
    public bool TakesSnapshot { get; init; }

    /// <summary>How many invokes follow each other in the environment; at least 1.</summary>
    public int Repeat { get; init; } = 1;

    public SandboxWishes Sandboxes { get; init; } = new();

    /// <summary>The user's own language programs, by runtime; the machine's serve the others.</summary>
    public IReadOnlyDictionary<RuntimeIdentifier, string> Programs { get; init; } = new Dictionary<RuntimeIdentifier, string>();

    /// <summary>Null for the usual place.</summary>
    public string? DataDirectory { get; init; }
}
