using Thaw.Linux;
using Thaw.Sandboxing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Whoever takes the output has no room for more.</summary>
public sealed class Process_sandbox_without_room
{
    private const int Bytes = 8 * 1024 * 1024;

    // What the agent, its link and the pipes hold, and more.
    private const int HeldBytes = 1024 * 1024;

    private static readonly string Writes = $"import os\nfor i in range({Bytes / 65536}): os.write(1, bytes([i]) * 65536)";

    [Fact]
    public async Task Lets_the_writer_wait_and_nobody_else()
    {
        var taker = new Narrow();
        await using var sandbox = await NewSandboxAsync();
        var writer = await sandbox.StartAsync(Python(Writes, taker));
        await EventuallyAsync(() => taker.Count > 0, "the first output");

        var (exit, output) = await RunAsync(output => Shell("echo I have room", output));
        Assert.Equal((new ExitStatus(0, 0), "I have room\n"), (exit, output.Stdout));
        Assert.False(writer.Exited.IsCompleted);
        Assert.InRange(taker.Count, 1, HeldBytes);
        Assert.InRange(ProcFile.ReadPeakMemory(sandbox.AgentPid), 1, 200_000_000);

        taker.Widen();
        Assert.Equal(new ExitStatus(0, 0), await writer.Exited.InTimeAsync());
        Assert.Equal(Bytes, taker.Count);
    }

    [Fact]
    public async Task Kills_the_writer_as_soon_as_there_is_room_again()
    {
        var taker = new Narrow();
        await using var sandbox = await NewSandboxAsync();
        var writer = await sandbox.StartAsync(Shell("yes", taker));
        await EventuallyAsync(() => taker.Count > 0, "the first output");
        var killed = sandbox.KillAllAsync(Patience);
        Assert.False(killed.IsCompleted);

        taker.Widen();
        await killed.InTimeAsync();
        Assert.Equal(new ExitStatus(0, 9), await writer.Exited.InTimeAsync());
    }

    [Fact]
    public async Task Can_be_destroyed()
    {
        var taker = new Narrow();
        var sandbox = await NewSandboxAsync();
        await sandbox.StartAsync(Shell("yes", taker));
        await EventuallyAsync(() => taker.Count > 0, "the first output");
        var destroyed = sandbox.DisposeAsync().AsTask();
        taker.Widen();

        await destroyed.InTimeAsync();
        Assert.False(IsAlive(sandbox.AgentPid));
    }

    /// <summary>Counts; has room for nothing but what it cannot help, until it is told otherwise.</summary>
    private sealed class Narrow : IProcessOutput
    {
        private readonly TaskCompletionSource room = new();
        private long count;

        internal long Count => Interlocked.Read(ref count);

        internal void Widen() => room.SetResult();

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => Interlocked.Add(ref count, bytes.Length);

        public ValueTask RoomAsync() => new(room.Task);
    }
}
