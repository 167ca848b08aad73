using System.Text;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Telemetry.Subscriptions;
using Thaw.Testing;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

/// <summary>A hub with a clock, listeners and a pool that the test drives.</summary>
internal sealed class TelemetryStage
{
    private readonly Dictionary<int, ScriptedDelivery> listeners = [];
    private readonly PumpedScheduler pool = new();

    public TelemetryStage(long memoryBytes = 1 << 20, LoggingConfig? logging = null)
    {
        Memory = new TelemetryMemory(memoryBytes);
        var function = new FunctionConfiguration
        {
            Name = "hello",
            Handler = "index.handler",
            Runtime = "nodejs20.x",
            Logging = logging ?? new LoggingConfig(),
        };
        Hub = new TelemetryHub(Next, new EnvironmentIdentity(function, "stream"), to => Listener(to.Port), Time, Memory) { Pool = pool };
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public TelemetryMemory Memory { get; }

    public RecordedEvents Next { get; } = new();

    public TelemetryHub Hub { get; }

    public ScriptedDelivery Listener(int port = 1) =>
        listeners.TryGetValue(port, out var listener) ? listener : listeners[port] = new ScriptedDelivery();

    /// <summary>One Init has begun.</summary>
    public void BeginInit()
    {
        Begin(Phase.Init);
        Emit(new InitStart(InitializationType.OnDemand, Phase.Init));
    }

    public void EndInit()
    {
        Emit(new InitReport(InitializationType.OnDemand, Phase.Init, PhaseStatus.Success, null, TimeSpan.FromSeconds(1)));
        End(Phase.Init);
    }

    /// <summary>Init with one subscriber whose first batch has arrived and is forgotten; then an Invoke begins.</summary>
    public ScriptedDelivery Subscribed(int maxItems = 1_000, int maxBytes = 262_144, double timeoutMs = 1_000, string[]? types = null)
    {
        BeginInit();
        Subscribe(maxItems: maxItems, maxBytes: maxBytes, timeoutMs: timeoutMs, types: types);
        Advance(timeoutMs);
        EndInit();
        Begin(Phase.Invoke);
        Advance(timeoutMs);
        Listener().Records.Clear();
        Listener().Attempts.Clear();
        return Listener();
    }

    public void Subscribe(
        int port = 1,
        string[]? types = null,
        int maxItems = 1_000,
        int maxBytes = 262_144,
        double timeoutMs = 1_000,
        TelemetrySchema schema = TelemetrySchema.Telemetry20220701)
    {
        var buffering = new Buffering(maxItems, maxBytes, TimeSpan.FromMilliseconds(timeoutMs));
        var subscription = new TelemetrySubscription(
            schema, types ?? ["platform", "function", "extension"], buffering, new Destination.Tcp(port));
        Emit(new TelemetrySubscribed($"extension-{port}", subscription));
    }

    public void Begin(Phase phase) => Emit(new PhaseStarted(phase, Suppressed: false, RequestId: null));

    public void End(Phase phase) => Emit(new PhaseEnded(phase, PhaseStatus.Success, null));

    /// <summary>Lines of the function.</summary>
    public void Write(params string[] lines) => WriteAs(ParticipantNames.Runtime, lines);

    public void WriteAs(string participant, params string[] lines)
    {
        var lent = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Emit(new OutputLines(participant, lent));
        lent.AsSpan().Fill((byte)'!');
    }

    public void WriteMany(int count)
    {
        for (var number = 0; number < count; number++)
            Write($"line {number}");
    }

    public void Emit(LifecycleEvent happened)
    {
        happened.Time = Time.GetUtcNow();
        Hub.Emit(happened);
        pool.RunAll();
    }

    public void Advance(double milliseconds)
    {
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        pool.RunAll();
    }

    /// <summary>Ends an attempt that hangs.</summary>
    public void Come(bool hasArrived = true, int port = 1)
    {
        Listener(port).Come(hasArrived);
        pool.RunAll();
    }

    /// <summary>What happens before a snapshot.</summary>
    /// <param name="milliseconds">Pass meanwhile.</param>
    public async Task LetGoAsync(double milliseconds = 0)
    {
        var gone = Hub.LetGoAsync();
        pool.RunAll();
        Advance(milliseconds);
        for (var tries = 0; tries < 1_000 && !gone.IsCompleted; tries++)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            pool.RunAll();
        }

        await gone.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public async Task DisposeAsync()
    {
        var disposed = Hub.DisposeAsync().AsTask();
        pool.RunAll();
        await disposed;
    }
}
