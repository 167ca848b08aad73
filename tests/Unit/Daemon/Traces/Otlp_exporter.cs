using System.Net;
using Microsoft.Extensions.Time.Testing;
using Thaw.Daemon.Traces;

namespace Thaw.UnitTests.Daemon.Traces;

public sealed class Otlp_exporter : IAsyncDisposable
{
    private static readonly TraceSpan Span = new(new string('1', 32), new string('2', 16), null, "f", default, default);

    private readonly FakeTimeProvider time = new();
    private readonly Collector collector = new();
    private readonly List<string> notices = [];
    private readonly OtlpExporter exporter;

    public Otlp_exporter() => exporter = new(
        new OtlpOptions
        {
            Endpoint = new("http://collector/v1/traces"),
            Sampler = new(true, 1),
            Headers = [new("api-key", "secret")],
            MaxQueueSize = 4,
            MaxBatchSize = 2,
        },
        new HttpMessageInvoker(collector), time, notices.Add);

    public ValueTask DisposeAsync() => exporter.DisposeAsync();

    [Fact]
    public async Task Sends_a_full_batch_at_once()
    {
        exporter.Add(Span);
        exporter.Add(Span);
        var request = await collector.Asked(1);
        Assert.Equal("http://collector/v1/traces", request.RequestUri!.AbsoluteUri);
        Assert.Equal("application/x-protobuf", request.Content!.Headers.ContentType!.MediaType);
        Assert.Equal("secret", request.Headers.GetValues("api-key").Single());
    }

    [Fact]
    public async Task Sends_the_rest_when_its_time_has_come()
    {
        exporter.Add(Span);
        await Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return collector.Count == 1;
        });
    }

    [Fact]
    public async Task Sends_what_is_left_at_the_end()
    {
        exporter.Add(Span);
        await exporter.DisposeAsync();
        Assert.Equal(1, collector.Count);
    }

    [Theory]
    [InlineData(429), InlineData(503), InlineData(0)]
    public async Task Tries_again_when_it_may(int status)
    {
        collector.Answer = status;
        exporter.Add(Span);
        exporter.Add(Span);
        await collector.Asked(1);
        collector.Answer = 200;
        await Until(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return collector.Count == 2;
        });
        Assert.Equal(0, exporter.Dropped);
    }

    [Fact]
    public async Task Gives_up_where_it_is_told_to_wait_for_years()
    {
        (collector.Answer, collector.RetryAfter) = (503, TimeSpan.FromDays(1_000));
        exporter.Add(Span);
        exporter.Add(Span);
        await collector.Asked(1);
        await Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return exporter.Dropped == 2;
        });

        // It is alive still.
        collector.Answer = 200;
        exporter.Add(Span);
        exporter.Add(Span);
        await collector.Asked(2);
    }

    [Fact]
    public async Task Drops_what_the_collector_refuses_and_says_so_once()
    {
        collector.Answer = 400;
        for (var count = 0; count < 4; count++)
            exporter.Add(Span);
        await Until(() => exporter.Dropped == 4);
        Assert.Contains("refuses traces: 400", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drops_what_does_not_fit_its_queue()
    {
        collector.Answer = 503;
        for (var count = 0; count < 100; count++)
            exporter.Add(Span);
        Assert.InRange(exporter.Dropped, 100 - 4 - 2, 100 - 4);
        await collector.Asked(1);
        collector.Answer = 200;
        await Until(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return collector.Count >= 3;
        });
    }

    private static async Task Until(Func<bool> isSo)
    {
        for (var count = 0; !isSo(); count++)
        {
            Assert.True(count < 5_000, "it never came to that");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Collector : HttpMessageHandler
    {
        private readonly List<HttpRequestMessage> requests = [];

        /// <summary>A status; 0 for a broken connection.</summary>
        public int Answer { get; set; } = 200;

        /// <summary>Told with each answer; null for nothing.</summary>
        public TimeSpan? RetryAfter { get; set; }

        public int Count
        {
            get
            {
                lock (requests)
                    return requests.Count;
            }
        }

        public async Task<HttpRequestMessage> Asked(int count)
        {
            await Until(() => Count >= count);
            lock (requests)
                return requests[count - 1];
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = Answer;
            lock (requests)
                requests.Add(request);
            if (answer == 0)
                throw new HttpRequestException("broken");
            var response = new HttpResponseMessage((HttpStatusCode)answer);
            response.Headers.RetryAfter = RetryAfter is { } pause ? new(pause) : null;
            return Task.FromResult(response);
        }
    }
}
