using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Participants;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>One life of the process set inside an environment: a reset ends it, the next invoke starts another; spec 0.2.</summary>
internal sealed class Generation
{
    private readonly LifecycleWorld world;
    private readonly List<Extension> extensions = [];
    private readonly Dictionary<Extension, TelemetrySubscription> subscriptions = [];
    private readonly List<TimeLimit> running = [];    // Of the phases.
    private PhaseOutcome.Failed? failure;
    private ErrorType? firstFatal;
    private bool registrationIsOpen = true;
    private bool subscriptionIsOpen = true;

    public Generation(LifecycleWorld world)
    {
        this.world = world;
        Runtime = new RuntimeProcess(this, world.Scheduler);
        Calls = new ParticipantCalls(this, world.Scheduler);
    }

    public RuntimeProcess Runtime { get; }

    /// <summary>External ones in name order, then internal ones as they came.</summary>
    public IReadOnlyList<Extension> Extensions => extensions;

    public bool HasExtensions => extensions.Count > 0;

    /// <summary>What the APIs ask of this generation. A connection belongs to the generation that was alive when it was accepted.</summary>
    public ParticipantCalls Calls { get; }

    /// <summary>Set when Init begins: there may be processes.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Set once Init has succeeded.</summary>
    public bool IsInitialized { get; set; }

    /// <summary>Exits are expected from here on.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The body that the runtime posted to init/error, if it did.</summary>
    public InvocationError? PostedInitError { get; set; }

    /// <summary>A success, as long as nothing has failed.</summary>
    public PhaseOutcome SoFar => failure ?? PhaseOutcome.Success;

    public void Emit(LifecycleEvent happened) => world.Emit(happened);

    public void EmitStep(string participant, ParticipantStep step, string? failure)
    {
        if (world.WantsSteps)
            world.Emit(new ParticipantStepped(participant, step, failure));
    }

    /// <summary>A record for one file of /opt/extensions.</summary>
    public Extension AddExternal(string name) => Add(name, isExternal: true, world.NewId());

    /// <summary>The name of a launched file makes the caller that extension; any other name makes a new internal one; spec 3.1.</summary>
    public Answer<Extension> Register(string name, IReadOnlyList<string> events)
    {
        if (!registrationIsOpen)
            return Refusal.RegistrationClosed;

        var known = extensions.Find(extension => extension.Name == name);
        var isExternal = known is { IsExternal: true };
        var wanted = new List<ExtensionEventType>();
        foreach (var word in events)
        {
            if (ExtensionEventTypeNames.Parse(word) is not { } type)
                return Refusal.UnknownEvent(word);
            if (type == ExtensionEventType.Shutdown && !isExternal)
                return Refusal.ShutdownForInternalExtension;
            wanted.Add(type);
        }

        if (known is { IsExternal: false })
            return Refusal.NameTaken;
        if (known is null && extensions.Count >= Limits.Extensions)
            return Refusal.TooManyExtensions;

        var registering = known ?? NewExtension(name, isExternal: false, world.NewId());
        if (registering.Register(wanted).IsRefused(out var refusal, out _))
            return refusal;
        if (known is null)
            extensions.Add(registering);
        return registering;
    }

    public void CloseRegistration() => registrationIsOpen = false;

    /// <summary>The extension that asks, if it may; spec 4.1.</summary>
    public Answer<Extension> MaySubscribe(Guid identifier, bool logsApi)
    {
        if (Find(identifier) is not { } extension)
            return Refusal.UnknownExtension(identifier);
        return subscriptionIsOpen ? extension : Refusal.SubscriptionClosed(logsApi);
    }

    /// <summary>A subscription is an event as others are; who delivers to it need not be known here.</summary>
    public Answer<Accepted> Subscribe(Guid identifier, TelemetrySubscription subscription)
    {
        if (MaySubscribe(identifier, subscription.IsLogsApi).IsRefused(out var refusal, out var extension))
            return refusal;
        if (subscriptions.TryGetValue(extension, out var earlier))
        {
            return earlier.IsLogsApi == subscription.IsLogsApi
                ? Accepted.Ok
                : Refusal.OtherApiUsed(extension.Name, subscription.IsLogsApi);
        }

        subscriptions.Add(extension, subscription);
        Emit(new TelemetrySubscribed(extension.Name, subscription));
        return Accepted.Ok;
    }

    public void CloseSubscription() => subscriptionIsOpen = false;

    /// <summary>What a snapshot must remember of them; null when somebody is not parked, so that none may be taken.</summary>
    public ParkedProcesses? Park() =>
        IsInitialized && failure is null && Runtime.IsParked && extensions.TrueForAll(extension => extension.IsParked)
            ? new ParkedProcesses
            {
                RuntimeAwaitsRestore = Runtime.AwaitsRestore,
                Extensions = [.. extensions.Select(extension => extension.Park(subscriptions.GetValueOrDefault(extension)))],
            }
            : null;

    /// <summary>Takes the place of the generation that was parked: its processes come back, and make their calls once more.</summary>
    public void Resume(IRestoredProcesses restored)
    {
        foreach (var parked in restored.Parked.Extensions)
        {
            var extension = Add(parked.Name, parked.IsExternal, parked.Identifier);
            extension.Resume(parked, restored.Find(parked.Name));
            if (parked.Subscription is { } subscription)
                Subscribe(extension.Identifier, subscription);
        }

        Runtime.Resume(restored.Find(Runtime.Name));
        (HasStarted, IsInitialized) = (true, true);
        CloseRegistration();
        CloseSubscription();
        restored.Reconnect();
    }

    public Extension? Find(Guid identifier) => extensions.Find(extension => extension.Identifier == identifier);

    /// <summary>Completes when the answer that is being posted has arrived, or does not come soon; null when none is.</summary>
    public Task? AnswerOnItsWayAsync(CancellationToken hungUp) =>
        Runtime.Posting is { } posting ? WithPatienceAsync(posting, hungUp) : null;

    /// <summary>Notes why this generation will have died. The first fatal error wins; spec: ENV-022.</summary>
    public void RecordFatal(ErrorType type) => firstFatal ??= type;

    /// <summary>Ends every phase that is running; whatever comes later finds the generation failed, with its first failure.</summary>
    /// <param name="reported">Its type in logs and telemetry, if that is another one.</param>
    public PhaseOutcome.Failed Fail(ErrorType type, string reason, ErrorType? reported = null)
    {
        RecordFatal(type);
        var first = firstFatal!.Value;
        failure ??= new PhaseOutcome.Failed(first, reason) { ReportedType = first == type ? reported ?? first : first };
        foreach (var limit in running)
            limit.Stop();
        return failure;
    }

    /// <summary>
    /// The whole supervisor of a phase's story: a deadline, a watch on everyone's exit, and the one place where exceptions
    /// become an outcome.
    /// </summary>
    public async Task<PhaseOutcome> WithinAsync(TimeLimit limit, Func<CancellationToken, Task> story)
    {
        if (failure is not null)
            return failure;

        running.Add(limit);
        try
        {
            await story(limit.Stopped);
            return PhaseOutcome.Success;
        }
        catch (OperationCanceledException) when (limit.Stopped.IsCancellationRequested)
        {
            return failure ?? PhaseOutcome.Timeout;
        }
#pragma warning disable CA1031 // Whatever the platform trips over, such as files that vanish under it: the caller must get an answer.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Fail(ErrorType.SandboxFailure, fault.Message);
        }
        finally
        {
            running.Remove(limit);
        }
    }

    private Extension NewExtension(string name, bool isExternal, Guid identifier) =>
        new(name, isExternal, identifier, this, world.Scheduler);

    private Extension Add(string name, bool isExternal, Guid identifier)
    {
        var extension = NewExtension(name, isExternal, identifier);
        extensions.Add(extension);
        return extension;
    }

    private async Task WithPatienceAsync(Signal posting, CancellationToken hungUp)
    {
        using var patience = new CancellationTokenSource(world.Settings.AnswerPatience, world.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, hungUp);
        try
        {
            await posting.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // It does not come, or there is nobody any more who wants to know.
        }
    }
}
