namespace Thaw.SystemTests.Up;

public sealed class Metrics_of_functions
{
    [Fact, Trait("Spec", "API-122")]
    public async Task Count_successes_errors_timeouts_and_throttles()
    {
        using var functions = new FunctionsFolder().Workers("worker").Node("slow", FunctionsFolder.Worker, timeout: 1);
        await using var daemon = await RunningDaemon.StartAsync(functions, "--concurrency", "1");
        await daemon.InvokeAsync("worker");
        await daemon.InvokeAsync("worker");
        await daemon.InvokeAsync("worker", """{"how":"throw"}""");
        await daemon.InvokeAsync("slow", """{"how":"hang"}""");

        using var gate = new FileOfFunctions(daemon);
        var held = daemon.InvokeAsync("worker", $$"""{"until":"{{gate.Path}}"}""");
        await daemon.UntilAsync(async () => await ShowsAsync(daemon, "aws_lambda_concurrent_executions 1"), "one is at work");
        Assert.Equal(429, (await daemon.InvokeAsync("worker")).Status);
        Assert.Equal(429, (await daemon.InvokeAsync("worker")).Status);
        gate.Write();
        await held;

        // Reports come behind the answers.
        const string Worker = """{function_name="worker",executed_version="$LATEST"}""";
        const string Slow = """{function_name="slow",executed_version="$LATEST"}""";
        foreach (var line in new[]
            {
                $"aws_lambda_invocations_total{Worker} 4", $"aws_lambda_errors_total{Worker} 1", $"aws_lambda_throttles_total{Worker} 2",
                $"aws_lambda_duration_milliseconds_count{Worker} 4",
                $"aws_lambda_invocations_total{Slow} 1", $"aws_lambda_errors_total{Slow} 1", "aws_lambda_concurrent_executions 0",
            })
        {
            await daemon.UntilAsync(async () => await ShowsAsync(daemon, line), $"it shows {line}");
        }

        // On a machine that is slow at the moment the next caller may come before the environment is free, and get a second one.
        var environments = (await daemon.EnvironmentsAsync("worker")).Length;
        foreach (var metric in new[] { "aws_lambda_init_duration_milliseconds_count", "thaw_environments" })
            Assert.True(await ShowsAsync(daemon, $"{metric}{Worker} {environments}"), $"there are {environments} {metric}");
    }

    private static async Task<bool> ShowsAsync(RunningDaemon daemon, string line)
    {
        using var answer = await daemon.Http.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.Split('\n').Contains(line);
    }
}
