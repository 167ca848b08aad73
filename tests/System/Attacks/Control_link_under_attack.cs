using System.Buffers.Binary;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing.Agents;
using Thaw.SystemTests.Sandboxing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Attacks;

/// <summary>The daemon's end of the link, should an agent ever have become somebody else's.</summary>
public sealed class Control_link_under_attack : IDisposable
{
    private readonly AgentLink link;
    private readonly Socket agent;
    private readonly FileDescriptor pipes;

    public Control_link_under_attack()
    {
        var (ours, theirs) = FileDescriptor.SocketPair();
        var (ourPipes, theirPipes) = FileDescriptor.SocketPair();
        var gauge = OutputGauge.Create(out var memory);
        memory.Dispose();
        link = new(ours, new UnreadOutput(ourPipes, gauge));
        agent = new(new SafeSocketHandle(theirs.Number, ownsHandle: true));
        theirs.SetHandleAsInvalid();
        pipes = theirPipes;
    }

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "of no length", Raw(0, 0) },
        { "of the greatest length", Raw(uint.MaxValue, 18) },
        { "longer than any may be", Raw(Frame.MaxBytes + 1, 18) },
        { "of no known type", Raw(1, 99) },
        { "of the daemon's own type", Raw(1, (byte)FrameType.KillAll) },
        { "without its body", Raw(1, (byte)FrameType.Started) },
        { "with half a body", Raw(3, (byte)FrameType.Exited, 1, 0) },
        { "about a process that was never started", Written(queue => new StartedBody(7, 1).WriteTo(queue)) },
        { "with the end of such a process", Written(queue => new ExitedBody(7, 0, 0).WriteTo(queue)) },
        { "with the output of such a process", Written(queue => new OutputBody(7, OutputBody.Stdout, "x"u8).WriteTo(queue)) },
        { "that answers no question", Raw(1, (byte)FrameType.AllGone) },
        { "that answers no flush", Raw(1, (byte)FrameType.Flushed) },
    };

    [Theory, MemberData(nameof(Nonsense))]
    public async Task Breaks_at_a_frame(string what, byte[] bytes)
    {
        await agent.SendAsync(bytes);

        var problem = await link.Received.InTimeAsync();
        Assert.True(problem is MalformedFrameException, $"{what}: {problem}");
    }

    [Fact]
    public async Task Breaks_at_whatever_chance_sends()
    {
        // Small lengths, so that most of it is taken for frames.
        var random = new Random(4711);
        var bytes = new byte[64 * 1024];
        random.NextBytes(bytes);
        for (var at = 0; at + 4 < bytes.Length; at += 16)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), 12);
        await agent.SendAsync(bytes);

        Assert.IsType<MalformedFrameException>(await link.Received.InTimeAsync());
    }

    [Fact]
    public async Task Breaks_when_a_process_is_started_or_ended_twice()
    {
        var starting = link.StartAsync(Shell("true", new Collected()), new MemoryVerdicts(new(() => 0), _ => false).Open());
        await agent.SendAsync(Written(queue =>
        {
            new StartedBody(1, 4711).WriteTo(queue);
            new StartedBody(1, 4712).WriteTo(queue);
            new ExitedBody(1, 0, 0).WriteTo(queue);
            new ExitedBody(1, 0, 9).WriteTo(queue);
            new StartFailedBody(1, 2).WriteTo(queue);
            new StartedBody(1, 4713).WriteTo(queue);
        }));

        var process = await starting.InTimeAsync();
        Assert.Equal(4711, process.Pid);
        Assert.Equal(0, (await process.Exited.InTimeAsync()).Status);
        Assert.IsType<MalformedFrameException>(await link.Received.InTimeAsync());
    }

    [Fact]
    public async Task Keeps_no_more_than_a_frame_of_an_agent_that_never_ends_one()
    {
        await agent.SendAsync(Raw(Frame.MaxBytes, (byte)FrameType.Output));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sent = 0;
        agent.SendTimeout = 300;
        try
        {
            for (var part = new byte[64 * 1024]; sent < 16 * Frame.MaxBytes; sent += part.Length)
                agent.Send(part);
        }
        catch (SocketException)
        {
            // The link has broken, for that frame was of nobody's.
        }

        Assert.NotNull(await link.Received.InTimeAsync());
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 * Frame.MaxBytes);
    }

    [Fact]
    public async Task Takes_no_descriptors_but_those_of_pipes()
    {
        var before = OpenDescriptors();
        var starting = link.StartAsync(Shell("true", new Collected()), new MemoryVerdicts(new(() => 0), _ => false).Open());
        using (var null1 = File.OpenHandle("/dev/null"))
        {
            var number = (int)null1.DangerousGetHandle();
            Assert.True(DescriptorChannel.TrySend(pipes.Number, [number, number, number, number]));
        }

        await agent.SendAsync(Written(queue => new StartedBody(1, 4711).WriteTo(queue)));
        await starting.InTimeAsync();
        Assert.Equal(before, OpenDescriptors());
    }

    public void Dispose()
    {
        agent.Dispose();
        pipes.Dispose();
        link.Dispose();
    }

    private static int OpenDescriptors() =>
        Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget == "/dev/null");

    private static byte[] Raw(uint length, byte type, params byte[] body)
    {
        var frame = new byte[Frame.HeaderBytes + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, length);
        frame[4] = type;
        body.CopyTo(frame.AsSpan(Frame.HeaderBytes));
        return frame;
    }

    private static byte[] Written(Action<ByteQueue> write)
    {
        var queue = new ByteQueue();
        write(queue);
        return queue.Bytes.ToArray();
    }
}
