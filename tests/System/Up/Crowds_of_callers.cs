using System.Diagnostics;
using System.Text.Json;

namespace Thaw.SystemTests.Up;

/// <summary>More callers than may run at once: those beyond the limits hear so at once, all others get their own answer.</summary>
public sealed class Crowds_of_callers
{
    private static bool Full => Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";

    [Fact, Trait("Spec", "API-017")]
    public async Task Are_throttled_beyond_the_concurrency()
    {
        using var functions = new FunctionsFolder().Workers("worker", "other");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--concurrency", "2");
        var atWork = Enumerable.Range(0, 2)
            .Select(number => daemon.InvokeAsync("worker", $$"""{"ms":3000,"line":"begun {{number}}."}""")).ToArray();
        await daemon.SaysAsync("begun 0.");
        await daemon.SaysAsync("begun 1.");

        var waited = Stopwatch.StartNew();
        (await daemon.InvokeAsync("worker")).WasThrottled();
        (await daemon.InvokeAsync("other")).WasThrottled();
        Assert.True(waited.ElapsedMilliseconds < 2500, "a refusal waits for nobody");
        Assert.All(await Task.WhenAll(atWork), answer => answer.Succeeded());

        // A place is free as soon as its caller has the answer.
        (await daemon.InvokeAsync("worker")).Succeeded();
        (await daemon.InvokeAsync("other")).Succeeded();
    }

    [Fact, Trait("Spec", "ENV-134")]
    public async Task Get_the_memory_of_environments_without_work_and_are_throttled_when_all_are_at_work()
    {
        using var functions = new FunctionsFolder().Workers("first", "second").Node("large", FunctionsFolder.Worker, memory: 1024);
        await using var daemon = await RunningDaemon.StartAsync(functions, "--memory", "256");
        var both = await Task.WhenAll(daemon.InvokeAsync("first", """{"ms":500}"""), daemon.InvokeAsync("first", """{"ms":500}"""));
        Assert.All(both, answer => answer.Succeeded());

        var atWork = TakenAsync("""{"ms":3000,"line":"begun"}""");
        await daemon.SaysAsync("begun");
        Assert.Single(await StayingAsync());
        var also = TakenAsync("""{"ms":3000,"line":"the other too"}""");
        await daemon.SaysAsync("the other too");
        Assert.Empty(await StayingAsync());

        (await daemon.InvokeAsync("first")).WasThrottled();
        (await daemon.InvokeAsync("second")).WasThrottled();
        (await daemon.InvokeAsync("large")).WasThrottled();
        (await atWork).Succeeded();
        (await also).Succeeded();
        (await daemon.InvokeAsync("large")).WasThrottled();

        // What is left of one that all have left is taken down later.
        async Task<IEnumerable<JsonElement>> StayingAsync() => (await daemon.EnvironmentsAsync("first"))
            .Where(one => one.GetProperty("state").GetString() != "ShuttingDown");

        // An environment that has answered is at work for a moment more: its memory is not free yet.
        async Task<Answer> TakenAsync(string json)
        {
            while (true)
            {
                var answer = await daemon.InvokeAsync("second", json);
                if (answer.Status != 429)
                    return answer;
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }
    }

    // The function's old environment has all the memory: it must be gone before the new one can start, which is no reason to refuse.
    [Fact]
    public async Task Wait_for_the_memory_of_an_environment_that_ends()
    {
        using var functions = new FunctionsFolder().Node("edited", "export const handler = async () => 1;");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--memory", "128");
        Assert.Equal("1", (await daemon.InvokeAsync("edited")).Succeeded().Text);
        functions.Node("edited", "export const handler = async () => 'two';");
        await daemon.UntilAsync(async () => (await daemon.InvokeAsync("edited")).Succeeded().Text == "\"two\"", "it answers two");
    }

    [Fact]
    public async Task Wait_for_an_environment_no_longer_than_it_is_kept()
    {
        using var functions = new FunctionsFolder().Workers("worker");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--idle", "1");
        (await daemon.InvokeAsync("worker")).Succeeded();
        Assert.NotEmpty(await daemon.EnvironmentsAsync("worker"));
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("worker")).Length == 0, "it is retired");
        Assert.Equal(1, (await daemon.InvokeAsync("worker")).Succeeded().Json.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Of_ten_thousand_are_answered_each_with_its_own_or_throttled_at_once()
    {
        const int Places = 8;
        var callers = Full ? 10_000 : 1_500;
        using var functions = new FunctionsFolder().Workers("worker", "other");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--concurrency", $"{Places}");
        var atWork = Enumerable.Range(0, Places - 1)
            .Select(number => daemon.InvokeAsync("worker", $$"""{"ms":2000,"line":"begun {{number}}."}""")).ToArray();
        for (var number = 0; number < Places - 1; number++)
            await daemon.SaysAsync($"begun {number}.");
        var before = daemon.Descriptors;

        // All have their connection, and send at the same moment.
        using var ready = new CountdownEvent(callers);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var crowd = Enumerable.Range(0, callers).Select(number => CallAsync(daemon, number, ready, go.Task)).ToArray();
        await Task.Run(
            () => Assert.True(ready.Wait(RunningDaemon.Patience), "not all could connect"), TestContext.Current.CancellationToken);
        go.SetResult();
        var answers = await Task.WhenAll(crowd);

        Assert.All(await Task.WhenAll(atWork), answer => answer.Succeeded());
        var served = answers.Index().Where(one => one.Item.Contains(" 200 OK\r\n", StringComparison.Ordinal)).ToArray();
        Assert.All(served, one => Assert.Contains($"\"number\":{one.Index}}}", one.Item, StringComparison.Ordinal));
        Assert.All(answers.Where(answer => !answer.Contains(" 200 OK\r\n", StringComparison.Ordinal)), answer =>
        {
            Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 1\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("\"Reason\":\"ConcurrentInvocationLimitExceeded\"", answer, StringComparison.Ordinal);
        });
        Assert.InRange(served.Length, 1, callers - 1);
        (await daemon.InvokeAsync("other")).Succeeded();

        // A place is free before its environment is: there may be more of these, but no crowd.
        Assert.InRange((await daemon.EnvironmentsAsync()).Length, 1, 4 * Places);
        await daemon.UntilAsync(() => daemon.Descriptors <= before + (callers / 10), "their connections are closed");
    }

    private static async Task<string> CallAsync(RunningDaemon daemon, int number, CountdownEvent ready, Task go)
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        ready.Signal();
        await go;
        var json = $$"""{"number":{{number}}}""";
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            "POST /2015-03-31/functions/other/invocations HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
            + $"Content-Length: {json.Length}\r\n\r\n{json}"));
        return await RawCall.ReadAsync(socket);
    }
}
