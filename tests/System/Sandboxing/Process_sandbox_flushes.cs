using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>A process tells by a socket that it has written: the daemon hears of both by different ways, in any order.</summary>
public sealed class Process_sandbox_flushes
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 20_000 : 2_000;

    // Every third time it writes nothing, every fifth time much.
    private const string WritesAndTells = """
        import os, socket, sys
        told = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        count = 0
        while told.recv(1):
            count += 1
            if count % 3 != 0:
                os.write(count % 2 + 1, b"x" * (40_000 if count % 5 == 0 else 10))
            told.send(b".")
        """;

    [Fact]
    public async Task What_had_been_written_before_is_here_whether_or_not_the_agent_had_to_be_asked()
    {
        using var door = new TcpListener(IPAddress.Loopback, 0);
        door.Start();
        var port = ((IPEndPoint)door.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Program("/usr/bin/python3", output, "-I", "-S", "-c", WritesAndTells, port));
        using var told = await door.AcceptSocketAsync(TestContext.Current.CancellationToken);

        var written = 0;
        var mark = new byte[1];
        for (var count = 1; count <= Rounds; count++)
        {
            await told.SendAsync(mark, TestContext.Current.CancellationToken);
            await told.ReceiveAsync(mark, TestContext.Current.CancellationToken);
            written += count % 3 == 0 ? 0 : count % 5 == 0 ? 40_000 : 10;
            await sandbox.FlushOutputAsync().InTimeAsync();
            Assert.Equal(written, output.Count);
        }
    }

    [Fact]
    public async Task The_agent_is_not_asked_when_nothing_has_been_written()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Shell("echo ready; sleep 1000", output));
        await EventuallyAsync(() => output.Lines.Length == 1, "its only line");

        await EventuallyAsync(() => sandbox.FlushOutputAsync().IsCompleted, "a flush that is over at once");
    }

    // As a function of the same user can do it: until somebody asks the agent to kill, nobody would wake it.
    [Fact]
    public async Task An_agent_that_was_stopped_is_woken_also_when_it_is_stopped_again()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Shell(
            "sleep 0.2; kill -STOP $PPID; echo written; for again in 1 2 3; do kill -STOP $PPID; sleep 0.3; done; sleep 1000", output));
        await EventuallyAsync(() => ProcFile.ReadStat(sandbox.AgentPid) is { State: 'T' }, "its agent is stopped");

        while (output.Count == 0)
        {
            await sandbox.FlushOutputAsync().InTimeAsync();
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["written"], output.Lines);
    }
}
