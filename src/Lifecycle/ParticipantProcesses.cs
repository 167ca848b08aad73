using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>The processes of one environment. The lifecycle says when; the sandbox behind this does.</summary>
public interface IParticipantProcesses
{
    /// <summary>The files of /opt/extensions in name order; none when extensions are disabled. Spec: ENV-008, ENV-009.</summary>
    IReadOnlyList<string> ExtensionNames { get; }

    Task<ProcessStarted> StartExtensionAsync(string name);

    Task<ProcessStarted> StartRuntimeAsync();

    /// <summary>Kills whatever is left, grandchildren too, and ends the connections they held. Returns when all are gone.</summary>
    Task KillAllAsync();

    /// <summary>The most memory that the processes have held at once, in bytes; spec: ENV-102.</summary>
    long MaxMemoryUsedBytes { get; }
}

/// <summary>A running process, leader of its own process group.</summary>
public interface IParticipantProcess
{
    /// <summary>SIGTERM to the process group.</summary>
    void Terminate();

    /// <summary>SIGKILL to the process group.</summary>
    void Kill();

    /// <summary>Completes when the process is gone and all of its output has been delivered.</summary>
    Task<ProcessExit> Exited { get; }
}

/// <summary>What became of an attempt to start a process: it runs, or the error that its environment fails with.</summary>
public abstract record ProcessStarted
{
    private ProcessStarted()
    {
    }

    public sealed record Running(IParticipantProcess Process) : ProcessStarted;

    public sealed record Refused(ErrorType ErrorType, string Reason) : ProcessStarted;
}
