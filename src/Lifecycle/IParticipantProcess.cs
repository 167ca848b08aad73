using Thaw.Contracts;

namespace Thaw.Lifecycle;

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
