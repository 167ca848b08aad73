namespace Thaw.Sandboxing;

/// <summary>A process that was started in a <see cref="Sandbox"/>.</summary>
public sealed class SandboxProcess(int pid, Task<ExitStatus> exited, Action<int> signal)
{
    private readonly Action<int> signal = signal;

    /// <summary>The process's id, as seen from inside the sandbox.</summary>
    public int Pid { get; } = pid;

    /// <summary>Completes when the process has ended and all it wrote was passed on, whatever its descendants do. Never fails.</summary>
    public Task<ExitStatus> Exited { get; } = exited;

    /// <summary>Sends a signal, by its Linux number, to the process's group. Does nothing once the process has ended.</summary>
    public void Signal(int signal) => this.signal(signal);
}
