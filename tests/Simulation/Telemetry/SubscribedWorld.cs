using System.Globalization;
using System.Text;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Telemetry.Subscriptions;
using Thaw.Testing;

namespace Thaw.SimulationTests.Telemetry;

/// <summary>One environment's hub with moody listeners, and a life of events that are numbered in their order.</summary>
internal sealed class SubscribedWorld : IAsyncDisposable
{
    /// <summary>What a line, as a record, may have at most.</summary>
    private const int LongestRecord = 400;

    private readonly World world;
    private readonly TelemetryMemory memory = new(1 << 20);
    private readonly TelemetryHub hub;
    private readonly Dictionary<int, MoodyListener> listeners = [];
    private readonly Dictionary<int, long> owed = [];
    private long emittedInInit;
    private long bound;
    private long numbers;
    private long? frozenSince = 0;

    public SubscribedWorld(World world)
    {
        this.world = world;
        var function = new FunctionConfiguration { Name = "simulated", Handler = "h", Runtime = "provided" };
        hub = new TelemetryHub(
            new RecordedEvents(),
            new EnvironmentIdentity(function, "stream"),
            to => listeners[to.Port] = new MoodyListener(world, this, $"listener {to.Port}"),
            world.Time,
            memory)
        {
            Pool = world.Scheduler,
        };
    }

    /// <summary>Every listener is honest from now on.</summary>
    public bool AreHealed { get; private set; }

    public static long? NumberOf(JsonElement envelope) => envelope.GetProperty("type").GetString() switch
    {
        "function" => long.Parse(envelope.GetProperty("record").GetString()!.Split(' ')[0], CultureInfo.InvariantCulture),
        "platform.start" => long.Parse(
            envelope.GetProperty("record").GetProperty("requestId").GetString()!, CultureInfo.InvariantCulture),
        _ => null,
    };

    public void CheckIsAwake(string listener)
    {
        // Within the moment of a freeze an attempt may still begin: it was decided before.
        if (frozenSince < world.Time.GetTimestamp())
            world.Violate($"{listener} is sent something while everything is frozen");
    }

    public async Task LiveAsync()
    {
        await InitAsync();
        for (var count = world.Random.Next(1, 8); count > 0; count--)
            await InvokeAsync();

        // With honest listeners, and time, everything comes to light.
        AreHealed = true;
        Begin(Phase.Invoke);
        await world.Pause(1, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(30), world.Time);
        CheckBooks();
        End(Phase.Invoke);
        await world.Pause(1_000, CancellationToken.None);
        Begin(Phase.Shutdown);
        await world.Pause(2_000, CancellationToken.None);
        End(Phase.Shutdown);
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        if (memory.Used != 0)
            world.Violate($"{memory.Used} bytes are never given back");
        foreach (var (port, _) in listeners.Where(listener => !listener.Value.IsDisposed))
            world.Violate($"listener {port} is never left");
    }

    private async Task InitAsync()
    {
        Begin(Phase.Init);
        Emit(new InitStart(InitializationType.OnDemand, Phase.Init));
        await EventsAsync();
        for (var port = 1; port <= world.Random.Next(1, 4); port++)
        {
            Subscribe(port);
            await EventsAsync();
        }

        Emit(new InitReport(InitializationType.OnDemand, Phase.Init, PhaseStatus.Success, null, TimeSpan.FromSeconds(1)));
        End(Phase.Init);
        await world.Pause(world.Random.Next(2) * 20_000, CancellationToken.None);
    }

    private async Task InvokeAsync()
    {
        Begin(Phase.Invoke);
        await EventsAsync();
        End(Phase.Invoke);

        // Not everything freezes where nothing really does.
        if (world.Random.Next(3) == 0)
            await EventsAsync();
        await world.Pause(world.Random.Next(2) * 20_000, CancellationToken.None);
    }

    private async Task EventsAsync()
    {
        for (var count = world.Random.Next(60); count > 0; count--)
        {
            if (world.Random.Next(5) == 0)
                await world.Pause(200, CancellationToken.None);
            if (world.Random.Next(4) == 0)
            {
                Emit(new InvokeStart(new RequestId(NextNumber()), "1", InvocationOrigin.None));
                continue;
            }

            var lines = Enumerable.Range(0, world.Random.Next(1, 4))
                .Select(_ => $"{NextNumber()} {new string('x', world.Random.Next(300))}").ToArray();
            Emit(new OutputLines(ParticipantNames.Runtime, Encoding.UTF8.GetBytes(string.Join('\n', lines))), lines.Length);
        }
    }

    private void Subscribe(int port)
    {
        var buffering = new Buffering(
            world.Random.Next(1, 40), world.Random.Next(200, 5_000), TimeSpan.FromMilliseconds(world.Random.Next(25, 2_000)));

        // Arrays are as long as the next power of two, and there may be four kibibytes in each from the beginning.
        bound += 2 * Math.Max(4_096, 4 * (buffering.MaxBytes + LongestRecord));
        owed[port] = emittedInInit;
        Emit(new TelemetrySubscribed($"extension-{port}", new TelemetrySubscription(
            TelemetrySchema.Telemetry20220701, ["platform", "function"], buffering, new Destination.Tcp(port))));
    }

    private void Begin(Phase phase)
    {
        frozenSince = null;
        hub.Emit(new PhaseStarted(phase, Suppressed: false, RequestId: null) { Time = world.Time.GetUtcNow() });
    }

    private void End(Phase phase)
    {
        frozenSince = world.Time.GetTimestamp();
        hub.Emit(new PhaseEnded(phase, PhaseStatus.Success, null) { Time = world.Time.GetUtcNow() });
    }

    private void Emit(LifecycleEvent happened, int records = 1)
    {
        happened.Time = world.Time.GetUtcNow();
        emittedInInit += records;
        foreach (var port in owed.Keys)
            owed[port] += records;
        hub.Emit(happened);
        if (memory.Used > bound)
            world.Violate($"{memory.Used} bytes wait, and {bound} may");
    }

    private void CheckBooks()
    {
        foreach (var (port, listener) in listeners)
        {
            world.Note($"listener {port} has {listener.Received} and has lost {listener.Dropped} of {owed[port]}");
            if (listener.Received + listener.Dropped != owed[port])
                world.Violate($"listener {port} has {listener.Received}, has lost {listener.Dropped}, and should have {owed[port]}");
        }
    }

    private string NextNumber() => (++numbers).ToString(CultureInfo.InvariantCulture);
}
