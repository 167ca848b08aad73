namespace Thaw.Lifecycle;

/// <summary>
/// Who the processes of an initialised environment are to the APIs. All of them are parked in a call, so a snapshot may be taken; what
/// else they are lies in their memory, and comes back with it. Spec 7.2.
/// </summary>
public sealed record ParkedProcesses
{
    /// <summary>The runtime waits in restore/next, and has hooks to run; else in next.</summary>
    public required bool RuntimeAwaitsRestore { get; init; }

    public required IReadOnlyList<ParkedExtension> Extensions { get; init; }
}
