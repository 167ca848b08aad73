using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.Testing;

/// <summary>Processes that do nothing by themselves: a test plays their part, and reads here what was done to them.</summary>
public sealed class FakeProcesses(params string[] extensionNames) : IParticipantProcesses
{
    private readonly Dictionary<string, FakeProcess> alive = [];

    public IReadOnlyList<string> ExtensionNames { get; } = extensionNames;

    public long MaxMemoryUsedBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>
    /// Every start and kill in order, such as <c>start runtime</c>, <c>SIGTERM runtime</c>, <c>SIGKILL logger</c>, <c>kill all</c>.
    /// </summary>
    public List<string> Log { get; } = [];

    /// <summary>Starts that are refused, by participant.</summary>
    public Dictionary<string, ProcessStarted.Refused> Refusals { get; } = [];

    /// <summary>Participants that survive SIGTERM.</summary>
    public HashSet<string> IgnoringSigterm { get; } = [];

    /// <summary>What every start throws.</summary>
    public Exception? StartFault { get; set; }

    /// <summary>Participants that even SIGKILL does not end.</summary>
    public HashSet<string> Immortal { get; } = [];

    /// <summary>Somebody whom nobody has started here, and who cannot be killed.</summary>
    public bool HasImmortalGrandchild { get; set; }

    /// <summary>Starts that take until the test completes them, by participant.</summary>
    public Dictionary<string, TaskCompletionSource> SlowStarts { get; } = [];

    public Task<ProcessStarted> StartExtensionAsync(string name) => Start(name);

    public Task<ProcessStarted> StartRuntimeAsync() => Start(ParticipantNames.Runtime);

    public Task<bool> KillAllAsync()
    {
        Log.Add("kill all");
        foreach (var process in alive.Values.ToArray())
            process.Die();
        return Task.FromResult(!HasImmortalGrandchild);
    }

    public bool IsAlive(string participant) => alive.ContainsKey(participant);

    /// <summary>Ends a process, as if by itself.</summary>
    public void Exit(string participant, ProcessExit exit) => alive[participant].Exit(exit);

    /// <summary>A process that is there without having been started.</summary>
    public IParticipantProcess Bring(string participant)
    {
        var process = new FakeProcess(this, participant);
        alive[participant] = process;
        return process;
    }

    private async Task<ProcessStarted> Start(string participant)
    {
        Log.Add($"start {participant}");
        if (StartFault is not null)
            throw StartFault;
        if (Refusals.TryGetValue(participant, out var refused))
            return refused;
        if (SlowStarts.TryGetValue(participant, out var slow))
            await slow.Task;
        return new ProcessStarted.Running(Bring(participant));
    }

    private sealed class FakeProcess(FakeProcesses all, string name) : IParticipantProcess
    {
        private readonly TaskCompletionSource<ProcessExit> exited = new();

        public Task<ProcessExit> Exited => exited.Task;

        public void Exit(ProcessExit exit)
        {
            if (all.alive.GetValueOrDefault(name) == this)
                all.alive.Remove(name);
            exited.TrySetResult(exit);
        }

        public void Terminate()
        {
            all.Log.Add($"SIGTERM {name}");
            if (!all.IgnoringSigterm.Contains(name))
                Exit(ProcessExit.BySignal(15));
        }

        public void Kill()
        {
            all.Log.Add($"SIGKILL {name}");
            Die();
        }

        public void Die()
        {
            if (!all.Immortal.Contains(name))
                Exit(ProcessExit.BySignal(9));
        }
    }
}
