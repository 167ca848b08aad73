using System.Collections.Concurrent;

namespace Thaw.SystemTests.Up;

/// <summary>Many callers of a function that ends its process in one of ten invokes: every caller gets one answer, its own.</summary>
public sealed class Functions_that_crash_at_random
{
    private static bool Full => Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";

    // Who crashes is the caller's choice, so that each can tell whether its answer is right.
    [Fact]
    public async Task Answer_each_caller_once_with_its_own_and_leave_nothing()
    {
        var (calls, clients) = Full ? (1000, 16) : (200, 8);
        using var functions = new FunctionsFolder().Workers("worker");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--idle", "2");
        await daemon.HasSandboxesReadyAsync();
        var atFirst = daemon.ProcessesOfSandboxes;
        (await daemon.InvokeAsync("worker")).Succeeded();
        await NothingIsLeftAsync(daemon, atFirst);
        var before = daemon.Descriptors;

        var random = new Random(clients);
        var asked = new ConcurrentQueue<(int Number, string? How)>(Enumerable.Range(0, calls).Select(
            number => (number, random.Next(10) > 0 ? null : number % 2 == 0 ? "exit" : "crash")));
        Assert.Contains(asked, call => call.How is not null);
        var answers = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            while (asked.TryDequeue(out var call))
                answers.Add(await CallAsync(daemon, call.Number, call.How));
        }));

        Assert.Equal(calls, answers.Distinct().Count());
        await NothingIsLeftAsync(daemon, atFirst);

        // Kestrel keeps the callers' connections, one for each client.
        await daemon.UntilAsync(() => daemon.Descriptors <= before + clients + 8, "no descriptor is left over");
    }

    private static async Task<string> CallAsync(RunningDaemon daemon, int number, string? how)
    {
        var status = how == "crash" ? 1 : 7;
        var json = how is null ? $$"""{"number":{{number}}}""" : $$"""{"number":{{number}},"how":"exit","status":{{status}}}""";
        var answer = await daemon.InvokeAsync("worker", json);
        var id = answer.Header("x-amzn-RequestId")!;
        if (how is null)
        {
            var body = answer.Succeeded().Json;
            Assert.Equal((number, id), (body.GetProperty("event").GetProperty("number").GetInt32(), body.GetProperty("id").GetString()));
        }
        else
        {
            answer.FailedWith("Runtime.ExitError", $"^RequestId: {id} Error: Runtime exited with error: exit status {status}$");
        }

        return id;
    }

    /// <param name="atFirst">Processes below the daemon when there was no environment; empty sandboxes have some.</param>
    private static async Task NothingIsLeftAsync(RunningDaemon daemon, int atFirst)
    {
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync()).Length == 0, "no environment is left");
        await daemon.HasSandboxesReadyAsync();
        await daemon.UntilAsync(() => daemon.ProcessesOfSandboxes == atFirst, $"no process is left but {atFirst} of empty sandboxes");
    }
}
