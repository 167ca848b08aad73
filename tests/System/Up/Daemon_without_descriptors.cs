using System.Diagnostics;
using System.Globalization;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Up;

/// <summary>A machine has only so many descriptors. Who gets none is told so, and everything goes on when there are some again.</summary>
public sealed class Daemon_without_descriptors
{
    // Sandboxes of namespaces are made in many steps, and it is the step that says what it lacks.
    private static readonly string Refusal =
        "No environment could be made: " + (ThawProgram.Isolation == "process" ? "no sandbox can be made" : "");

    [Fact]
    public async Task Says_that_no_sandbox_can_be_made_and_goes_on_when_one_can()
    {
        using var functions = new FunctionsFolder().Workers("warm", "cold");
        await using var daemon = await RunningDaemon.StartAsync(functions, "--ready", "0");
        (await daemon.InvokeAsync("warm")).Succeeded();
        (await daemon.InvokeAsync("warm")).Succeeded();

        // Not enough for a sandbox.
        Limit(daemon, NumberOfFree(daemon, 2));
        (await daemon.InvokeAsync("cold")).WasRefused(500, "ServiceException", Refusal);
        (await daemon.InvokeAsync("warm")).Succeeded();

        Limit(daemon, 4096);
        (await daemon.InvokeAsync("cold")).Succeeded();
    }

    [Fact]
    public async Task Takes_callers_again_when_there_are_some()
    {
        using var functions = new FunctionsFolder().Workers("warm");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("warm")).Succeeded();
        await daemon.HasSandboxesReadyAsync();
        Limit(daemon, NumberOfFree(daemon, 20));
        var callers = Enumerable.Range(0, 60).Select(async _ =>
        {
            using var socket = await RawCall.ConnectAsync(daemon);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        });
        await Task.WhenAll(callers);

        Assert.StartsWith("HTTP/1.1 200 ", await RawCall.SendAsync(daemon, "GET /healthz HTTP/1.1\nHost: here\nConnection: close\n\n"),
            StringComparison.Ordinal);
        (await daemon.InvokeAsync("warm")).Succeeded();
        Limit(daemon, 4096);
    }

    // Those whose end would give descriptors back must not wait for one who looks for a descriptor.
    [Fact]
    public async Task Answers_everyone_when_there_are_fewer_than_callers()
    {
        // The .NET runtime itself aborts when it wants a descriptor for what it compiles.
        Assert.SkipWhen(File.Exists($"{ThawProgram.Path}.dll"), "the program is not native");
        using var functions = new FunctionsFolder().Workers("warm", "cold");
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("warm")).Succeeded();
        await daemon.HasSandboxesReadyAsync();
        Limit(daemon, NumberOfFree(daemon, 100));
        var callers = Enumerable.Range(0, 60).Select(async caller =>
        {
            for (var call = 0; call < 10; call++)
            {
                var path = $"/2015-03-31/functions/{(caller % 2 == 0 ? "warm" : "cold")}/invocations";
                var answer = await RawCall.AnswerAsync(daemon, $"POST {path} HTTP/1.1", """{"ms":20}""");
                if (answer.Status != 200)
                    answer.WasRefused(500, "ServiceException", Refusal);
            }
        });

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Limit(daemon, 4096);
        (await daemon.InvokeAsync("warm")).Succeeded();
    }

    // A limit is on a descriptor's number, and there are gaps between those in use.
    private static int NumberOfFree(RunningDaemon daemon, int count)
    {
        var used = Directory.EnumerateFileSystemEntries($"/proc/{daemon.Pid}/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToHashSet();
        return Enumerable.Range(0, int.MaxValue).Where(number => !used.Contains(number)).ElementAt(count);
    }

    private static void Limit(RunningDaemon daemon, int descriptors)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={daemon.Pid}", $"--nofile={descriptors}:"]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }
}
