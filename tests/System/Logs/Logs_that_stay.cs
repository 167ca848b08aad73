using System.Diagnostics;
using System.Text.Json.Nodes;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Logs;

/// <summary>Logs behind the end of a daemon, and where there is trouble with the disk.</summary>
public sealed class Logs_that_stay
{
    [Fact]
    public async Task Are_there_after_a_start_and_after_the_function_is_gone()
    {
        using var functions = new FunctionsFolder().Workers("worker", "gone");
        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            (await daemon.InvokeAsync("worker", """{"line":"before"}""")).Succeeded();
            (await daemon.InvokeAsync("gone", """{"line":"of one that goes"}""")).Succeeded();
        }

        functions.Delete("gone");
        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            (await daemon.InvokeAsync("worker", """{"line":"behind"}""")).Succeeded();
            var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "worker");
            Assert.Equal(["before", "behind"], lines.Where(line => line.Contains("\tINFO\t")).Select(line => line.Split('\t')[^1]));
            (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "gone");
            Assert.Contains(lines, line => line.EndsWith("of one that goes", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Survive_a_daemon_that_is_killed()
    {
        using var functions = new FunctionsFolder().Workers("worker");
        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            (await daemon.InvokeAsync("worker", """{"line":"before"}""")).Succeeded();
            await LogsProgram.RunAsync(daemon.Address, "worker");
            daemon.Signal(9);
            await daemon.AwaitClearanceAsync();
        }

        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "worker");
            Assert.Contains(lines, line => line.EndsWith("before", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task End_for_who_follows_with_the_last_line_when_the_daemon_ends()
    {
        using var functions = new FunctionsFolder().Workers("worker");
        LogsProgram following;
        await using (var daemon = await RunningDaemon.StartAsync(functions))
        {
            following = LogsProgram.Follow(daemon.Address, "worker");
            (await daemon.InvokeAsync("worker", """{"line":"hello"}""")).Succeeded();
            await daemon.UntilAsync(() => following.Printed.Contains("REPORT", StringComparison.Ordinal), "it follows");
        }

        using (following)
            Assert.Equal(0, await following.EndAsync());
    }

    [Fact]
    public async Task Are_no_second_daemons_to_write()
    {
        using var functions = new FunctionsFolder().Workers("worker");
        await using var first = await RunningDaemon.StartAsync(functions);
        var (status, line) = await RunningDaemon.RefusesToStartAsync(functions);
        Assert.Equal(2, status);
        Assert.Contains($"another thaw (pid {first.Pid}) has the data directory", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_functions_in_one_group_are_told_apart()
    {
        using var functions = new FunctionsFolder().Workers("one", "two");
        foreach (var name in new[] { "one", "two" })
        {
            var described = JsonNode.Parse(File.ReadAllText(functions[name, "thaw.json"]))!;
            described["LoggingConfig"] = new JsonObject { ["LogGroup"] = "shared/group" };
            functions.With(name, "thaw.json", described.ToJsonString());
        }

        await using var daemon = await RunningDaemon.StartAsync(functions);
        foreach (var name in new[] { "one", "two" })
            (await daemon.InvokeAsync(name, $$"""{"line":"of {{name}}"}""")).Succeeded();
        var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "two", "--json");
        Assert.Contains(lines, line => line.Contains("of two", StringComparison.Ordinal) && line.Contains("/two[$LATEST]"));
        Assert.DoesNotContain(lines, line => line.Contains("of one", StringComparison.Ordinal));
    }

    // Sandboxes of namespaces have each /tmp in the data directory: on a small disk there are none, so only processes have that.
    [Theory, InlineData("logs"), InlineData(".", "--isolation", "process")]
    public async Task Are_lost_on_a_full_disk_which_is_told_and_answers_come_all_the_same(string folder, params string[] options)
    {
        using var functions = new FunctionsFolder().Workers("worker");
        var small = Directory.CreateDirectory(Path.Combine(functions.Data, folder)).FullName;
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small) == 0,
            "mounting a small tmpfs needs root");
        try
        {
            await using var daemon = await RunningDaemon.StartAsync(functions, options);
            for (var call = 0; call < 50; call++)
                (await daemon.InvokeAsync("worker", $$"""{"line":"{{new string('x', 100_000)}}"}""")).Succeeded();
            await daemon.SaysAsync("log entries are lost: ");
            (await daemon.InvokeAsync("worker")).Succeeded();
            Assert.Equal(0, (await LogsProgram.RunAsync(daemon.Address, "worker")).Status);
        }
        finally
        {
            await RunAsync("umount", small);
        }
    }

    private static async Task<(int, int, string)> CountAsync(RunningDaemon daemon, string function)
    {
        var (status, lines, error) = await LogsProgram.RunAsync(daemon.Address, function);
        return (status, lines.Length, error);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
