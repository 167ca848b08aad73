using System.Text;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>AWS's own client for Node, unmodified, behind the Invoke API: many invokes in warm environments.</summary>
[Trait("Needs", "compiler")]
public sealed class Aws_lambda_ric_in_the_daemon(Aws_lambda_ric_in_the_daemon.Daemon shared)
    : IClassFixture<Aws_lambda_ric_in_the_daemon.Daemon>
{
    private const string Handlers = """
        let count = 0;
        export const echo = async (event, context) => ({ event, id: context.awsRequestId, count: ++count });
        export const fail = async () => { throw Object.assign(new TypeError('böse'), { stack: 'TypeError: böse\n    at some place' }); };
        export const stream = awslambda.streamifyResponse(async ({ fail, bytes }, stream) => {
          stream.setContentType('text/plain');
          stream.write('one ');
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (fail) throw new RangeError('halfway');
          for (let left = bytes ?? 0; left > 0; left -= 65536) stream.write('x'.repeat(Math.min(left, 65536)));
          stream.write('two ü');
          stream.end();
        });
        """;

    private RunningDaemon Running => shared.Running ?? throw new InvalidOperationException("the test was to be skipped");

    [Fact]
    public async Task Answers_callers_at_the_same_time_each_with_its_own()
    {
        Prepared();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async caller =>
        {
            for (var call = 0; call < 25; call++)
            {
                var answer = (await Running.InvokeAsync("echo", $"[{caller},{call}]")).Succeeded();
                Assert.Equal($"[{caller},{call}]", answer.Json.GetProperty("event").GetRawText());
                Assert.Equal(answer.Header("x-amzn-RequestId"), answer.Json.GetProperty("id").GetString());
            }
        }));
    }

    [Fact, Trait("Spec", "ENV-055"), Trait("Spec", "API-067")]
    public async Task Fails_with_its_body_byte_for_byte()
    {
        const string Body = """{"errorType":"TypeError","errorMessage":"böse","trace":["TypeError: böse","    at some place"]}""";
        Prepared();
        for (var call = 0; call < 3; call++)
            Assert.Equal(Body, (await Running.InvokeAsync("fail")).FailedWith("TypeError", "^böse$").Text);
    }

    [Fact]
    public async Task Streams_to_callers_that_want_it_whole()
    {
        Prepared();
        for (var call = 0; call < 3; call++)
            Assert.Equal("one two ü", (await Running.InvokeAsync("stream")).Succeeded().Text);
        var large = (await Running.InvokeAsync("stream", """{"bytes":6000000}""")).Succeeded();
        Assert.Equal(Encoding.UTF8.GetByteCount("one two ü") + 6_000_000, large.Body.Length);
    }

    [Fact, Trait("Spec", "ENV-131")]
    public async Task Streams_half_and_fails_in_its_trailers_and_streams_again()
    {
        Prepared();
        (await Running.InvokeAsync("stream", """{"fail":true}""")).FailedWith("RangeError", "^halfway$");
        Assert.Equal("one two ü", (await Running.InvokeAsync("stream")).Succeeded().Text);
    }

    [Fact, Trait("Spec", "API-071")]
    public async Task Streams_more_than_a_buffered_caller_may_have()
    {
        Prepared();
        (await Running.InvokeAsync("stream", """{"bytes":7000000}""")).FailedWith("Function.ResponseSizeTooLarge", "6291556 bytes");
        Assert.Equal("one two ü", (await Running.InvokeAsync("stream")).Succeeded().Text);
    }

    private void Prepared() => Assert.SkipUnless(shared.Running is not null, AwsLambdaRic.IsMissing);

    /// <summary>One daemon, whose functions are the handlers; none where the client is missing.</summary>
    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new();

        internal RunningDaemon? Running { get; private set; }

        public async ValueTask InitializeAsync()
        {
            if (!AwsLambdaRic.IsThere)
                return;
            foreach (var handler in new[] { "echo", "fail", "stream" })
            {
                functions.With(handler, "index.mjs", Handlers).Bootstrap(handler, AwsLambdaRic.Bootstrap, handler: $"index.{handler}");
                AwsLambdaRic.CopyTo(functions[handler, ""]);
            }

            Running = await RunningDaemon.StartAsync(functions);
        }

        public async ValueTask DisposeAsync()
        {
            if (Running is not null)
                await Running.DisposeAsync();
            functions.Dispose();
        }
    }
}
