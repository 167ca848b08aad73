using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests;

/// <summary>A process of the simulation: a script that runs until it ends or is killed.</summary>
internal sealed class ScriptedProcess(SimulatedEnvironment environment, string name) : IParticipantProcess
{
    private readonly TaskCompletionSource<ProcessExit> exited = new();
    private readonly CancellationTokenSource dead = new();

    public string Name => name;

    public Task<ProcessExit> Exited => exited.Task;

    public bool IsAlive => !exited.Task.IsCompleted;

    /// <summary>Fires when the process is gone: its connections hang up, its script ends.</summary>
    public CancellationToken Dead => dead.Token;

    public bool IgnoresSigterm { get; set; }

    public void Exit(ProcessExit exit)
    {
        if (!IsAlive)
            return;
        environment.Note($"{name} gone: {exit}");
        environment.Busy.Remove(name);
        exited.SetResult(exit);
        dead.Cancel();
    }

    public void Terminate()
    {
        environment.Freezer.MustBeAwake("SIGTERM");
        environment.Note($"SIGTERM {name}");
        if (!IgnoresSigterm)
            Exit(ProcessExit.BySignal(15));
    }

    public void Kill()
    {
        environment.Freezer.MustBeAwake("SIGKILL");
        environment.Note($"SIGKILL {name}");
        Exit(ProcessExit.BySignal(9));
    }

    /// <summary>Runs the script; a killed process leaves it at its next wait.</summary>
    public async Task RunAsync(Func<ScriptedProcess, Task> script)
    {
        if (!IsAlive)
            return;
        try
        {
            await script(this);
        }
        catch (OperationCanceledException)
        {
            // Killed.
        }
    }
}
