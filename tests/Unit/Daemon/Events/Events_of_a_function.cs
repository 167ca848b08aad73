using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Events;
using Thaw.Daemon.Functions;
using Thaw.Daemon.Metrics;
using Thaw.Environments;
using Thaw.Environments.Events;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;
using Thaw.Store.Memory;
using Thaw.Store.Records;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Daemon.Events;

public sealed class Events_of_a_function : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly MemoryStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData("Runtime.ExitError")]
    [InlineData("Function.Unknown")]
    [InlineData("Sandbox.Timedout")]
    public async Task Use_up_an_attempt_when_the_function_fails(string errorType)
    {
        var outcome = await RunAsync(new PhaseOutcome.Failed(new ErrorType(errorType), "no luck"));
        Assert.True(Assert.IsType<EventOutcome.Ran>(outcome).Failed);
    }

    [Fact]
    public async Task Use_up_no_attempt_when_the_platform_is_at_fault() =>
        Assert.IsType<EventOutcome.TurnedAway>(await RunAsync(new PhaseOutcome.Failed(ErrorType.SandboxFailure, "the sandbox broke")));

    [Fact]
    public async Task Wake_a_version_that_sleeps_and_wait_for_it()
    {
        List<VersionId> woken = [];
        var sleeper = new VersionId("f", "3");
        var outcome = await RunAsync(
            new PhaseOutcome.Failed(ErrorType.SandboxFailure, ""), new OneFunction(new FunctionState.Asleep(sleeper)), version =>
            {
                woken.Add(version);
                return Task.CompletedTask;
            });
        Assert.IsType<EventOutcome.TurnedAway>(outcome);
        Assert.Equal([sleeper], woken);
    }

    private Task<EventOutcome> RunAsync(PhaseOutcome.Failed outcome) => RunAsync(
        outcome, new OneFunction(new FunctionState.Ready(FakeEnvironments.Plan())), _ => Task.CompletedTask);

    private async Task<EventOutcome> RunAsync(PhaseOutcome.Failed outcome, IFunctions functions, Func<VersionId, Task> wake)
    {
        using var http = new HttpMessageInvoker(new HttpClientHandler());
        var random = new Random(1);
        var pool = new EnvironmentPool(new PoolSettings(), new Failing(outcome), time);
        var events = new FunctionEvents(
            functions,
            new InvocationRouter(pool, new ConcurrencyLimiter(1)),
            new RulesInStore(store),
            new Destinations(new DestinationOptions(), http, _ => Task.CompletedTask, Guid.NewGuid, time, _ => { }),
            new LambdaMetrics(),
            wake,
            time,
            random,
            _ => { });
        return await events.RunAsync(new QueuedEvent
        {
            Function = "f",
            RequestId = "r",
            Payload = "{}"u8.ToArray(),
            AcceptedAt = time.GetUtcNow(),
        });
    }

    private sealed class OneFunction(FunctionState state) : IFunctions
    {
        public ValueTask<FunctionState> FindAsync(string name, string? qualifier) => new(state);
    }

    private sealed class Failing(PhaseOutcome.Failed outcome) : IEnvironmentFactory
    {
        public Task<IEnvironment> CreateAsync(EnvironmentPlan plan) => Task.FromResult<IEnvironment>(new FailingEnvironment(plan, outcome));
    }

    private sealed class FailingEnvironment(EnvironmentPlan plan, PhaseOutcome.Failed outcome) : IEnvironment
    {
        public EnvironmentPlan Plan => plan;

        public bool IsBroken => false;

        public Task<PhaseOutcome> GetReadyAsync() => Task.FromResult(PhaseOutcome.Success);

        public Task<PhaseOutcome> InvokeAsync(Invocation invocation) => Task.FromResult<PhaseOutcome>(outcome);

        public Task ShutdownAsync(ShutdownReason reason) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
