namespace Thaw.Lifecycle;

/// <summary>The processes of one environment. The lifecycle says when; the sandbox behind this does.</summary>
public interface IParticipantProcesses
{
    /// <summary>The files of /opt/extensions in name order; none when extensions are disabled. Spec: ENV-008, ENV-009.</summary>
    IReadOnlyList<string> ExtensionNames { get; }

    Task<ProcessStarted> StartExtensionAsync(string name);

    Task<ProcessStarted> StartRuntimeAsync();

    /// <summary>
    /// Kills whatever is left, grandchildren too, and ends the connections they held. True when all are gone; false: somebody does not die.
    /// </summary>
    Task<bool> KillAllAsync();

    /// <summary>The most memory that the processes have held at once, in bytes; spec: ENV-102.</summary>
    long MaxMemoryUsedBytes { get; }
}
