using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.SimulationTests;

/// <summary>The real lifecycle of one environment, with scripted participants and the rules that hold for any environment.</summary>
internal sealed class SimulatedEnvironment : IEnvironment, IParticipantProcesses, ILifecycleEvents
{
    private readonly List<ScriptedProcess> processes = [];
    private readonly string label;
    private readonly Freezing freezing;
    private readonly LifecycleSettings settings;
    private string? readying;

    /// <param name="label">Stands before each of its lines in the trace.</param>
    public SimulatedEnvironment(World world, Faults faults, LifecycleSettings settings, int extensions, string label = "")
    {
        (World, Faults, this.settings, this.label) = (world, faults, settings, label);
        ExtensionNames = [.. Enumerable.Range(1, extensions).Select(number => $"extension-{number}")];
        Lifecycle = new EnvironmentLifecycle(settings, this, this, world.Time, world.NewId);
        Freezer = new SimulatedFreezer(this);
        freezing = new Freezing(Freezer, world.Time) { CannotThaw = Lifecycle.Interrupt };
    }

    public World World { get; }

    public Faults Faults { get; }

    public EnvironmentLifecycle Lifecycle { get; }

    public SimulatedFreezer Freezer { get; }

    public IReadOnlyList<string> ExtensionNames { get; }

    public long MaxMemoryUsedBytes => 0;

    /// <summary>The sandbox is gone.</summary>
    public bool HasCollapsed { get; private set; }

    /// <summary>A clone whose processes have ended has no others.</summary>
    public bool IsBroken => HasCollapsed || (IsForSnapStart && Lifecycle.HasEnded);

    /// <summary>What it is restored from; null when it is initialised.</summary>
    public SimulatedSnapshot? Snapshot { get; init; }

    /// <summary>The runtime knows of snapshots, and has hooks.</summary>
    public bool RuntimeAwaitsRestore { get; init; }

    /// <summary>Request ids for which a runtime of this environment has posted a response or an error.</summary>
    public HashSet<string> Answered { get; } = [];

    /// <summary>Who has not asked for its next event since it was started, or since it got one.</summary>
    public HashSet<string> Busy { get; } = [];

    /// <summary>Another invocation than this one: none of its runtime's business.</summary>
    public Func<string, string> SomebodyElses { get; init; } = _ => "somebody else's";

    private bool IsForSnapStart => settings.InitializationType == InitializationType.SnapStart;

    private IEnumerable<ScriptedProcess> Alive => processes.Where(process => process.IsAlive);

    public async Task<PhaseOutcome> GetReadyAsync()
    {
        var outcome = PhaseOutcome.Success;
        if (Snapshot is null)
            outcome = await AwakeAsync(Lifecycle.InitAsync);
        return outcome.IsSuccess && IsForSnapStart
            ? await AwakeAsync(() => Lifecycle.RestoreAsync(Snapshot is null ? null : new SimulatedClone(this, Snapshot)))
            : outcome;
    }

    public async Task<PhaseOutcome> InvokeAsync(Invocation invocation)
    {
        var id = invocation.RequestId.Value;
        await freezing.AwakeAsync();
        var outcome = await Lifecycle.InvokeAsync(invocation);
        freezing.Rest();
        if (!outcome.IsSuccess && Alive.Any())
            Violate($"{id} failed and left processes alive");
        if (outcome.IsSuccess && !Answered.Contains(id))
            Violate($"{id} succeeded without an answer");
        if (outcome.IsSuccess && Busy.Count > 0)
            Violate($"{id} ended before {string.Join(" and ", Busy)} was done with it");
        return outcome;
    }

    public async Task<bool> ShutdownAsync(ShutdownReason reason)
    {
        await freezing.EndAsync();
        var allGone = await Lifecycle.ShutdownAsync(reason);
        if (Alive.Any())
            Violate("a process outlived Shutdown");
        return allGone;
    }

    public async ValueTask DisposeAsync()
    {
        if (Alive.Any())
            Violate("a process is alive when its sandbox is destroyed");
        await freezing.EndAsync();
        HasCollapsed = true;
        EndEveryone();
    }

    /// <summary>The sandbox collapses: first everyone in it dies, then it is known why.</summary>
    public void BreakDown()
    {
        Note("breaks down");
        EndEveryone();
        HasCollapsed = true;
        Freezer.LetGo();
        Lifecycle.Interrupt("The sandbox broke");
    }

    public void Note(string text)
    {
        if (World.IsTraced)
            World.Note($"{label}{text}");
    }

    public void Violate(string what) => World.Violate($"{label}{what}");

    /// <summary>An invocation has reached a participant.</summary>
    public void Received(string participant, string what)
    {
        Busy.Add(participant);
        Freezer.MustBeAwake(what);
        Note($"{participant} got {what}");
        if (readying is not null)
            Violate($"{participant} got {what} during {readying}");
    }

    /// <summary>The runtime hears that it was restored, and runs its hooks.</summary>
    public void Restored(string participant)
    {
        Busy.Add(participant);
        Freezer.MustBeAwake("the hooks");
        if (readying != nameof(Phase.Restore))
            Violate($"{participant} was released when nothing was restored");
    }

    /// <summary>A process comes back from a snapshot, or does not. It stands still until it has its connections.</summary>
    public ScriptedProcess? Bring(string name)
    {
        if (HasCollapsed || Faults.Refuses)
            return null;
        var process = new ScriptedProcess(this, name);
        processes.Add(process);
        Busy.Add(name);
        Note($"{name} comes back");
        return process;
    }

    /// <summary>Those that came back go on, in the calls that they were parked in.</summary>
    public void Reconnect(ParkedProcesses parked)
    {
        foreach (var process in Alive)
        {
            var extension = parked.Extensions.FirstOrDefault(extension => extension.Name == process.Name);
            World.Launch(() => process.RunAsync(_ => extension is null
                ? new ScriptedRuntime(this, process).ResumeAsync()
                : new ScriptedExtension(this, process).ResumeAsync(extension.Identifier)));
        }
    }

    /// <summary>A process that its participant has started behind everyone's back, and that only the sandbox can find.</summary>
    public void Fork(string parent)
    {
        Note($"{parent} forks");
        processes.Add(new ScriptedProcess(this, $"child of {parent}"));
    }

    /// <summary>A participant's long poll.</summary>
    public async Task<Answer<T>> NextAsync<T>(ScriptedProcess process, Func<CancellationToken, Task<Answer<T>>> next)
    {
        Busy.Remove(process.Name);
        if (process.IsAlive)    // What the dead have sent may still be read.
            Freezer.MustBeAwake("a call of next");
        var answer = await PollAsync(next, process.Dead);

        // It may have been killed when the event was on its way.
        process.Dead.ThrowIfCancellationRequested();
        return answer;
    }

    public Task<ProcessStarted> StartExtensionAsync(string name) =>
        StartAsync(name, process => new ScriptedExtension(this, process).RunAsync());

    public Task<ProcessStarted> StartRuntimeAsync() =>
        StartAsync(ParticipantNames.Runtime, process => new ScriptedRuntime(this, process).RunAsync());

    public Task<bool> KillAllAsync()
    {
        Freezer.MustBeAwake("the end of everyone");
        EndEveryone();
        return Task.FromResult(true);
    }

    public void Emit(LifecycleEvent happened)
    {
        if (happened is PhaseStarted)
            Freezer.PhaseBegins();
        else if (happened is PhaseEnded)
            Freezer.PhaseEnds();

        switch (happened)
        {
            case PhaseStarted { Phase: Phase.Init or Phase.Restore } started:
                readying = $"{started.Phase}";
                break;
            case PhaseEnded { Phase: Phase.Init or Phase.Restore } ended:
                readying = null;
                if (ended.Status == PhaseStatus.Success && Busy.Count > 0)
                    Violate($"{ended.Phase} ended before {string.Join(" and ", Busy)} was ready");
                break;
            case PhaseEnded { Phase: Phase.Shutdown } when Alive.Any():
                Violate("a process outlived a Shutdown");
                break;
        }

        if (World.IsTraced)
            Note(Text(happened));
    }

    private static string Text(LifecycleEvent happened) => happened switch
    {
        ParticipantStepped step => $"{step.Participant} {step.Step} {step.Failure}",
        PhaseEnded ended => $"{ended.Phase} ended: {ended.Status} {ended.ErrorType}",
        PhaseStarted started => $"{started.Phase} started",
        _ => happened.GetType().Name,
    };

    private async Task<PhaseOutcome> AwakeAsync(Func<Task<PhaseOutcome>> phase)
    {
        await freezing.AwakeAsync();
        var outcome = await phase();
        freezing.Rest();
        return outcome;
    }

    /// <summary>By a client that may lose patience and ask again.</summary>
    private async Task<Answer<T>> PollAsync<T>(Func<CancellationToken, Task<Answer<T>>> next, CancellationToken dead)
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
                await Freezer.PauseAsync(500, dead);
            }
        }

        return await next(dead);
    }

    private void EndEveryone()
    {
        foreach (var process in Alive.ToArray())
            process.Exit(ProcessExit.BySignal(9));
    }

    private async Task LoseAsync(CancellationTokenSource patience, CancellationToken dead)
    {
        await Freezer.PauseAsync(2_000, dead);
        patience.Cancel();
    }

    private async Task<ProcessStarted> StartAsync(string name, Func<ScriptedProcess, Task> script)
    {
        if (Faults.IsSlow)
            await Freezer.PauseAsync(2_000, CancellationToken.None);
        if (HasCollapsed || Faults.Refuses)
            return new ProcessStarted.Refused(ErrorType.SandboxFailure, "The sandbox does not start anything");
        var process = new ScriptedProcess(this, name);
        processes.Add(process);
        Busy.Add(name);
        Freezer.MustBeAwake("a start");
        if (Snapshot is not null)
            Violate($"{name} is started anew in a clone");
        Note($"start {name}");
        World.Launch(() => process.RunAsync(script));
        return new ProcessStarted.Running(process);
    }
}
