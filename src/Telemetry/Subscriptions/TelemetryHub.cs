using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>
/// Passes the events of one environment on, and brings them to the extensions that have subscribed to them; spec 4.
///
///   lifecycle, output --event--> hub --event--> logs, records
///                                 |
///  since Init or Restore began    +--> replay buffer, until that ends
///                                 +--> subscriber --> its listener
///                                 +--> subscriber --> its listener
///
/// It learns all it must know from the events themselves: who subscribes, when the environment is frozen, when it ends.
/// </summary>
/// <param name="next">Gets every event, subscribers or not.</param>
/// <param name="deliveries">The way to a listener inside the sandbox.</param>
/// <param name="memory">Shared with all other environments.</param>
public sealed class TelemetryHub(
    ILifecycleEvents next,
    EnvironmentIdentity identity,
    Func<Destination, IDelivery> deliveries,
    TimeProvider time,
    TelemetryMemory memory) : ILifecycleEvents, IAsyncDisposable
{
    /// <summary>For what has not arrived when everything is to stand still; as long as extensions have in Shutdown.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly List<Subscriber> subscribers = [];
    private ReplayBuffer? replay;
    private Task ended = Task.CompletedTask;
    private int runningPhases;

    // Read without the gate: most environments have no subscriber, and then an event costs no more than this.
    private volatile bool isListening;

    /// <summary>Where deliveries are made; a simulation has its own.</summary>
    internal TaskScheduler Pool { get; init; } = TaskScheduler.Default;

    public bool WantsSteps => next.WantsSteps;

    public void Emit(LifecycleEvent happened)
    {
        // Phases begin and end one after another, so that one which nobody hears of needs no gate to be counted.
        if (isListening || happened is PhaseStarted { Phase: not Phase.Invoke } or PhaseEnded { Phase: not Phase.Invoke })
            Take(happened);
        else if (happened is PhaseStarted)
            runningPhases++;
        else if (happened is PhaseEnded)
            runningPhases--;
        next.Emit(happened);
    }

    public ValueTask RoomAsync() => next.RoomAsync();

    /// <summary>
    /// Brings what there is, and leaves no connection open into the sandbox, so that a snapshot can be taken of it. Between two phases;
    /// what comes now, or does not arrive in time, waits for the next one.
    /// </summary>
    public async Task LetGoAsync()
    {
        Subscriber[] all;
        Task emptied;
        lock (gate)
        {
            all = [.. subscribers];
            emptied = Task.WhenAll(all.Select(subscriber => subscriber.EmptyAsync()));
        }

        try
        {
            await emptied.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            // Somebody hangs, and nobody waits for it.
        }

        lock (gate)
        {
            foreach (var subscriber in all)
                subscriber.Rest();
        }

        await Task.WhenAll(all.Select(subscriber => subscriber.LetGoAsync()));
    }

    /// <summary>Ends all deliveries, at whatever point they are.</summary>
    public async ValueTask DisposeAsync()
    {
        EndSubscribers();
        await ended;
    }

    private void Take(LifecycleEvent happened)
    {
        lock (gate)
        {
            switch (happened)
            {
                case PhaseStarted started:
                    Begin(started.Phase);
                    break;
                case PhaseEnded { Phase: not Phase.Shutdown }:
                    Leave();
                    break;
                case TelemetrySubscribed subscribed:
                    Subscribe(subscribed);
                    Record(happened);
                    break;
                case InitReport or RestoreReport:
                    Record(happened);
                    replay = null;
                    isListening = subscribers.Count > 0;
                    break;
                default:
                    Record(happened);
                    break;
            }
        }

        if (happened is PhaseEnded { Phase: Phase.Shutdown })
        {
            EndSubscribers();
            lock (gate)
                Leave();
        }
    }

    private void Begin(Phase phase)
    {
        runningPhases++;
        if (phase is Phase.Init or Phase.Restore)
        {
            replay = new ReplayBuffer();
            isListening = true;
        }

        foreach (var subscriber in subscribers)
        {
            if (runningPhases == 1)
                subscriber.Thaw();
            if (phase == Phase.Shutdown)
                subscriber.Hurry();
        }
    }

    private void Leave()
    {
        runningPhases--;
        if (runningPhases > 0)
            return;
        foreach (var subscriber in subscribers)
            subscriber.Freeze();
    }

    // The event of the subscription itself comes behind what has been so far, as any other.
    private void Subscribe(TelemetrySubscribed subscribed)
    {
        var world = new SubscriberWorld(gate, next, time, memory, Pool);
        var subscriber = new Subscriber(subscribed, identity, deliveries(subscribed.Subscription.Destination), world);
        subscribers.Add(subscriber);
        replay?.ReplayTo(subscriber);
    }

    private void Record(LifecycleEvent happened)
    {
        replay?.Add(happened);
        foreach (var subscriber in subscribers)
            subscriber.Take(happened);
    }

    private void EndSubscribers()
    {
        Subscriber[] ending;
        lock (gate)
        {
            ending = [.. subscribers];
            subscribers.Clear();
            (replay, isListening) = (null, false);
            foreach (var subscriber in ending)
                subscriber.End();
            ended = Task.WhenAll(ending.Select(subscriber => subscriber.Closed).Append(ended));
        }

        // Not under the gate: whoever waits for an attempt's end may go on within this.
        foreach (var subscriber in ending)
            subscriber.GiveUp();
    }
}
