using Thaw.Contracts;
using Thaw.Lifecycle.Participants;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The phase starts the extensions, waits until they have registered, starts the runtime, and ends when the runtime and every
/// extension have asked for their first event.
///
///   extension  |start|--register-------------------------next|
///   extension  |start|-----register---------------------------next|
///   runtime                       |start|--static code--next|
///              initStart                          initRuntimeDone  initReport
/// </summary>
internal sealed class InitPhase(LifecycleWorld world, Generation generation, Phase during)
{
    private readonly InitializationType type = world.Settings.InitializationType;

    /// <summary>How long it took, once it is over; the figure of its own report and of the first invoke's.</summary>
    public TimeSpan Duration { get; private set; }

    /// <param name="limit">The limit of the initialization type or, in a suppressed init, the deadline of the invoke; spec 1.3,
    /// 1.4.</param>
    public async Task<PhaseOutcome> RunAsync(TimeLimit limit)
    {
        var started = world.Time.GetTimestamp();
        world.Emit(new PhaseStarted(Phase.Init, Suppressed: during == Phase.Invoke, RequestId: null));
        world.Emit(new InitStart(type, during));

        var runtimeInit = await generation.WithinAsync(limit, InitializeRuntimeAsync);
        world.Emit(new InitRuntimeDone(type, during, runtimeInit.Status, runtimeInit.ReportedTypeIn(Phase.Init)));
        generation.CloseRegistration();

        var outcome = runtimeInit.IsSuccess ? await generation.WithinAsync(limit, AwaitExtensionsAsync) : runtimeInit;
        generation.IsInitialized = outcome.IsSuccess;
        generation.CloseSubscription();

        foreach (var extension in generation.Extensions)
            world.Emit(extension.Report());
        var reported = outcome.ReportedTypeIn(Phase.Init);
        Duration = world.Time.GetElapsedTime(started);
        world.Emit(new InitReport(type, during, outcome.Status, reported, Duration));
        world.Emit(new PhaseEnded(Phase.Init, outcome.Status, reported));
        return outcome;
    }

    /// <summary>
    /// Extension init, then runtime and function init: the runtime does not start before every file has registered; spec: ENV-007.
    /// </summary>
    private async Task InitializeRuntimeAsync(CancellationToken stop)
    {
        await StartExtensionsAsync(stop);
        foreach (var extension in ExternalOnes())
            await extension.Registered.WaitAsync(stop);

        await generation.Runtime.StartAsync(world.Processes).WaitAsync(stop);
        await generation.Runtime.Ready.WaitAsync(stop);
    }

    private async Task StartExtensionsAsync(CancellationToken stop)
    {
        var names = world.Processes.ExtensionNames;
        foreach (var name in names.Take(Limits.Extensions))
            generation.AddExternal(name);
        if (names.Count > Limits.Extensions)
            generation.AddExternal(names[Limits.Extensions]).RefuseLaunch("too many extensions"); // spec: ENV-011

        foreach (var extension in ExternalOnes())
        {
            stop.ThrowIfCancellationRequested();
            await extension.StartAsync(world.Processes).WaitAsync(stop);
        }
    }

    /// <summary>Those that registered for no event must ask for Next as well; spec: ENV-012.</summary>
    private async Task AwaitExtensionsAsync(CancellationToken stop)
    {
        foreach (var extension in generation.Extensions)
            await extension.Ready.WaitAsync(stop);
    }

    // A copy: internal ones may register while we wait.
    private Extension[] ExternalOnes() => [.. generation.Extensions.Where(extension => extension.IsExternal)];
}
