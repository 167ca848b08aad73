using System.Text;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.SimulationTests;

/// <summary>One environment's real lifecycle in a made-up world, drawn from a seed: same seed, same trace.</summary>
internal sealed class World : IParticipantProcesses, ILifecycleEvents
{
    private readonly SerialScheduler scheduler = new();
    private readonly StringBuilder trace = new();
    private readonly List<ScriptedProcess> processes = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private int ids;

    public World(int seed, bool faulty = true)
    {
        Random = new Random(seed);
        Faults = faulty ? new Faults(Random) : Faults.None(Random);
        ExtensionNames = [.. Enumerable.Range(1, Random.Next(3)).Select(number => $"extension-{number}")];
        var function = new FunctionConfiguration { Name = "simulated", Handler = "h", Runtime = "provided" };
        Lifecycle = new EnvironmentLifecycle(new LifecycleSettings { Function = function }, this, this, Time, NewId);
    }

    public Random Random { get; }

    public Faults Faults { get; }

    public SimulatedTime Time { get; } = new();

    public EnvironmentLifecycle Lifecycle { get; }

    public IReadOnlyList<string> ExtensionNames { get; }

    public long MaxMemoryUsedBytes => 0;

    public string Trace => trace.ToString();

    /// <summary>What broke a rule that must always hold.</summary>
    public List<string> Violations { get; } = [];

    public IEnumerable<ScriptedProcess> Alive => processes.Where(process => process.IsAlive);

    /// <summary>Request ids for which a runtime of this generation has posted a response or an error.</summary>
    public HashSet<string> Answered { get; } = [];

    /// <summary>Extensions that got an invoke and have not asked for the next event since.</summary>
    public HashSet<string> Busy { get; } = [];

    /// <summary>A long poll, by a client that may lose patience and ask again.</summary>
    public async Task<Answer<T>> PollAsync<T>(Func<CancellationToken, Task<Answer<T>>> next, CancellationToken dead)
    {
        while (Faults.HangsUp)
        {
            var patience = CancellationTokenSource.CreateLinkedTokenSource(dead);
            _ = LoseAsync(patience, dead);
            try
            {
                return await next(patience.Token);
            }
            catch (OperationCanceledException) when (!dead.IsCancellationRequested)
            {
                await Pause(500, dead);
            }
        }

        return await next(dead);
    }

    private async Task LoseAsync(CancellationTokenSource patience, CancellationToken dead)
    {
        await Pause(2_000, dead);
        patience.Cancel();
    }

    public void Note(string text)
    {
        if (Environment.CurrentManagedThreadId != thread)
            Violations.Add($"escaped to another thread: {text}");
        trace.Append(Time.GetTimestamp()).Append(' ').AppendLine(text);
    }

    /// <summary>Runs a story of the outside until it is told, jumping over all waiting.</summary>
    public bool Tell(Func<Task> story)
    {
        var told = scheduler.RunAsync(story);
        for (var jumps = 0; !told.IsCompleted; jumps++)
        {
            if (jumps > 10_000 || !Time.Jump())
                return false;
        }

        told.GetAwaiter().GetResult();
        return true;
    }

    public Task Pause(int maxMilliseconds, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(Random.Next(maxMilliseconds)), Time, stop);

    public Task Forever(CancellationToken stop) => Task.Delay(Timeout.InfiniteTimeSpan, Time, stop);

    public Task<ProcessStarted> StartExtensionAsync(string name) => Start(name, process => new ScriptedExtension(this, process).RunAsync());

    public Task<ProcessStarted> StartRuntimeAsync() =>
        Start(ParticipantNames.Runtime, process => new ScriptedRuntime(this, process).RunAsync());

    public Task KillAllAsync()
    {
        foreach (var process in Alive.ToArray())
            process.Exit(ProcessExit.BySignal(9));
        return Task.CompletedTask;
    }

    public void Emit(LifecycleEvent happened)
    {
        Note(happened switch
        {
            ParticipantStepped step => $"{step.Participant} {step.Step} {step.Failure}",
            PhaseEnded ended => $"{ended.Phase} ended: {ended.Status} {ended.ErrorType}",
            PhaseStarted started => $"{started.Phase} started",
            _ => happened.GetType().Name,
        });
        if (happened is PhaseEnded { Phase: Phase.Shutdown } && Alive.Any())
            Violations.Add("a process outlived Shutdown");
    }

    private Task<ProcessStarted> Start(string name, Func<ScriptedProcess, Task> script)
    {
        var process = new ScriptedProcess(this, name);
        processes.Add(process);
        Note($"start {name}");
        _ = scheduler.RunAsync(() => process.RunAsync(script));
        return Task.FromResult<ProcessStarted>(new ProcessStarted.Running(process));
    }

    private Guid NewId() => new(++ids, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
