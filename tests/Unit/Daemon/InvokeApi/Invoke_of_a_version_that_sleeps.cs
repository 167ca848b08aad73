using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.InvokeApi.Streaming;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Metrics;
using Thaw.Daemon.Records;
using Thaw.Environments;
using Thaw.Environments.Events;
using Thaw.Environments.Pool;
using Thaw.Store.Memory;
using Thaw.UnitTests.Environments.Events;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Daemon.InvokeApi;

public sealed class Invoke_of_a_version_that_sleeps
{
    private readonly List<VersionId> woken = [];

    [Theory, Trait("Spec", "API-081")]
    [InlineData("RequestResponse", 1)]
    [InlineData("Event", 1)]
    [InlineData("DryRun", 0)]
    public async Task Wakes_it_and_is_told_to_come_again(string type, int wakes)
    {
        var http = new DefaultHttpContext { TraceIdentifier = Guid.NewGuid().ToString() };
        var answer = new MemoryStream();
        (http.Request.Body, http.Request.ContentLength, http.Response.Body) = (new MemoryStream("{}"u8.ToArray()), 2, answer);
        http.Request.Headers["X-Amz-Invocation-Type"] = type;
        await NewInvoke().ServeAsync(new KestrelInvokeCall(http, InvokeOperation.Invoke, "f"));
        Assert.Equal((409, "SnapStartNotReadyException"), (http.Response.StatusCode, (string?)http.Response.Headers["x-amzn-ErrorType"]));
        Assert.Contains("ACTIVE", JsonDocument.Parse(answer.ToArray()).RootElement.GetProperty("Message").GetString());
        Assert.Equal(Enumerable.Repeat(new VersionId("f", "3"), wakes), woken);
    }

    private Invoke NewInvoke()
    {
        var time = new FakeTimeProvider();
        var metrics = new LambdaMetrics(new EventBatches(time));
        var pool = new EnvironmentPool(new PoolSettings(), new FakeEnvironments(), time);
        var routing = new InvokeRouting(new InvocationRouter(pool, new ConcurrencyLimiter(1)), metrics);
        return new(
            new Sleeper(),
            pool,
            new HeldEvents(1000),
            metrics,
            new SynchronousInvoke(routing, new LogTails(), new Random(1)),
            new StreamingInvoke(routing, new LogTails(), new Random(1)),
            new QueuedInvoke(new EventQueue(new MemoryStore(), new FakeTarget(), 1, time), metrics),
            version =>
            {
                woken.Add(version);
                return Task.CompletedTask;
            },
            time);
    }

    private sealed class Sleeper : IFunctions
    {
        public ValueTask<FunctionState> FindAsync(string name, string? qualifier) =>
            new(new FunctionState.Asleep(new VersionId("f", "3")));
    }
}
