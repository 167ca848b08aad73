using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.SimulationTests;

/// <summary>A process of the simulation: a script that runs until it ends or is killed.</summary>
internal sealed class ScriptedProcess(World world, string name) : IParticipantProcess
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
        world.Note($"{name} gone: {exit}");
        world.Busy.Remove(name);
        exited.SetResult(exit);
        dead.Cancel();
    }

    public void Terminate()
    {
        world.Note($"SIGTERM {name}");
        if (!IgnoresSigterm)
            Exit(ProcessExit.BySignal(15));
    }

    public void Kill()
    {
        world.Note($"SIGKILL {name}");
        Exit(ProcessExit.BySignal(9));
    }

    /// <summary>Runs the script; a killed process leaves it at its next wait.</summary>
    public async Task RunAsync(Func<ScriptedProcess, Task> script)
    {
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
