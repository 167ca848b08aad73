using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.InvokeApi.Streaming;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Environments.Events;
using Thaw.Environments.Pool;
using Thaw.Store.Memory;
using Thaw.UnitTests.Environments.Events;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Daemon.InvokeApi;

/// <summary>The events of all callers together take a bounded part of the memory, and each counts with what it takes.</summary>
public sealed class Invoke_of_many_events
{
    private readonly LambdaMetrics metrics = new(new EventBatches(TimeProvider.System));
    private readonly Invoke invoke;

    public Invoke_of_many_events()
    {
        var time = new FakeTimeProvider();
        var pool = new EnvironmentPool(new PoolSettings(), new FakeEnvironments(), time);
        var routing = new InvokeRouting(new InvocationRouter(pool, new ConcurrencyLimiter(100)), metrics);
        invoke = new(
            new OneFunction(), pool, new HeldEvents(Limits.InvokeRequestBytes + 1000), metrics,
            new SynchronousInvoke(routing, new LogTails(), new Random(1)), new StreamingInvoke(routing, new LogTails(), new Random(1)),
            new QueuedInvoke(new EventQueue(new MemoryStore(), new FakeTarget(), 1, time), metrics), _ => Task.CompletedTask, time);
    }

    [Fact]
    public void Throttles_who_comes_when_they_fill_it()
    {
        Assert.False(Call(Limits.InvokeRequestBytes).IsCompleted);
        Assert.False(Call(900).IsCompleted);
        var refused = Call(200);
        Assert.Equal(429, refused.Http.Response.StatusCode);
        Assert.Equal(1, Assert.Single(metrics.All()).Value.Throttles);
        Assert.False(Call(100).IsCompleted);
    }

    [Fact]
    public void Counts_an_event_whose_length_nobody_announced_with_what_it_was()
    {
        for (var call = 0; call < 9; call++)
            Assert.False(Call(100, isAnnounced: false).IsCompleted);
    }

    private (HttpContext Http, bool IsCompleted) Call(int bytes, bool isAnnounced = true)
    {
        var http = new DefaultHttpContext { TraceIdentifier = Guid.NewGuid().ToString() };
        http.Request.Body = new MemoryStream(System.Text.Encoding.ASCII.GetBytes($"\"{new string('x', bytes - 2)}\""));
        http.Request.ContentLength = isAnnounced ? bytes : null;
        return (http, invoke.ServeAsync(new KestrelInvokeCall(http, InvokeOperation.Invoke, "f")).IsCompleted);
    }

    // Its environments never get ready, so that all callers wait.
    private sealed class OneFunction : IFunctions
    {
        public ValueTask<FunctionState> FindAsync(string name, string? qualifier) => new(new FunctionState.Ready(FakeEnvironments.Plan()));
    }
}
