using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Events;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;
using Thaw.Sandboxing;
using Thaw.Store;
using Thaw.Store.Memory;
using Thaw.Store.Records;
using Thaw.Testing;
using Thaw.UnitTests.Environments.Events;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Daemon.Events;

/// <summary>A function <c>f</c> that does what a test says, and who hears of the end of its events.</summary>
internal sealed class EventWorld : IAsyncDisposable
{
    /// <summary>Whose messages are lines of files.</summary>
    public const string Destination = "arn:aws:sqs:us-east-1:000000000000:told", DeadLetters = "arn:aws:sqs:us-east-1:000000000000:dead";

    private readonly HttpMessageInvoker http = new(new HttpClientHandler());
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStore store = new();

    public EventWorld()
    {
        Events = new FunctionEvents(
            new OneFunction(this),
            new InvocationRouter(new EnvironmentPool(new PoolSettings(), new Factory(this), Time), Account),
            new RulesInStore(store),
            new Destinations(Sinks(), http, one => Enqueue(one), Guid.NewGuid, Time, Notices.Add),
            Metrics,
            version =>
            {
                Woken.Add(version);
                return Task.CompletedTask;
            },
            Time,
            new Random(1),
            Notices.Add);
    }

    public FunctionEvents Events { get; }

    public FunctionState Function { get; init; } = new FunctionState.Ready(FakeEnvironments.Plan());

    /// <summary>What each invoke comes to.</summary>
    public PhaseOutcome.Failed Outcome { get; init; } = new(new ErrorType("Function.Unknown"), "no luck");

    /// <summary>Why no environment can be made, when that is so.</summary>
    public string? Refusal { get; init; }

    /// <summary>Accepts events for other functions.</summary>
    public Func<QueuedEvent, Task> Enqueue { get; init; } = _ => Task.CompletedTask;

    public FakeTimeProvider Time { get; } = new(Outcomes.Start);

    public ConcurrencyLimiter Account { get; } = new(1);

    public LambdaMetrics Metrics { get; } = new(new EventBatches(TimeProvider.System));

    public List<string> Notices { get; } = [];

    public List<VersionId> Woken { get; } = [];

    public FunctionMetrics Measured => Metrics.Of(new VersionId("f", VersionRecord.Latest));

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        folder.Dispose();
        return store.DisposeAsync();
    }

    public Task ConfigureAsync(EventInvokeRecord rules) => store.WriteAsync(view =>
    {
        view.Put(Tables.EventInvokes, rules);
        return true;
    });

    /// <summary>The messages that <see cref="Destination"/> or <see cref="DeadLetters"/> has got.</summary>
    public string[] Told(string arn) => File.Exists(FileOf(arn)) ? File.ReadAllLines(FileOf(arn)) : [];

    /// <summary>Accepted just now.</summary>
    public QueuedEvent Event() => Outcomes.Event("r", "f") with { AcceptedAt = Time.GetUtcNow() };

    private DestinationOptions Sinks() => new()
    {
        Sinks = new[] { Destination, DeadLetters }.ToDictionary(arn => arn, arn => new Uri($"file://{FileOf(arn)}")),
    };

    private string FileOf(string arn) => Path.Combine(folder.Path, arn.Split(':')[^1]);

    private sealed class OneFunction(EventWorld world) : IFunctions
    {
        public ValueTask<FunctionState> FindAsync(string name, string? qualifier) => new(world.Function);
    }

    private sealed class Factory(EventWorld world) : IEnvironmentFactory
    {
        public Task<IEnvironment> CreateAsync(EnvironmentPlan plan) =>
            world.Refusal is { } reason
                ? throw new SandboxException(reason)
                : Task.FromResult<IEnvironment>(new FailingEnvironment(plan, world.Outcome));
    }

    private sealed class FailingEnvironment(EnvironmentPlan plan, PhaseOutcome.Failed outcome) : IEnvironment
    {
        public EnvironmentPlan Plan => plan;

        public bool IsBroken => false;

        public Task<PhaseOutcome> GetReadyAsync() => Task.FromResult(PhaseOutcome.Success);

        public Task<PhaseOutcome> InvokeAsync(Invocation invocation) => Task.FromResult<PhaseOutcome>(outcome);

        public Task<bool> ShutdownAsync(ShutdownReason reason) => Task.FromResult(true);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
