using Thaw.Linux.AgentProtocol;

namespace Thaw.UnitTests.Linux;

public sealed class Frames
{
    [Fact]
    public void Say_at_the_other_end_what_was_said()
    {
        var queue = new ByteQueue();
        var start = new StartBody(7, "/bin/sh", "/", 62, ["/bin/sh", "-c", "", "ü"], ["A=1", "B="]);
        start.WriteTo(queue);
        new SignalBody(7, 15).WriteTo(queue);
        new StartedBody(uint.MaxValue, int.MaxValue).WriteTo(queue);
        new StartFailedBody(8, 2).WriteTo(queue);
        new OutputBody(7, OutputBody.Stderr, [0, 1, 255]).WriteTo(queue);
        new ExitedBody(7, 255, 0).WriteTo(queue);
        new FrameWriter(queue, FrameType.AllGone).End();

        var read = StartBody.Read(Take(queue, FrameType.Start));
        Assert.Equal((start.Id, start.Path, start.WorkingDirectory), (read.Id, read.Path, read.WorkingDirectory));
        Assert.Equal(start.ExtraOutput, read.ExtraOutput);
        Assert.Equal(start.Arguments, read.Arguments);
        Assert.Equal(start.Environment, read.Environment);
        Assert.Equal(new(7, 15), SignalBody.Read(Take(queue, FrameType.Signal)));
        Assert.Equal(new(uint.MaxValue, int.MaxValue), StartedBody.Read(Take(queue, FrameType.Started)));
        Assert.Equal(new(8, 2), StartFailedBody.Read(Take(queue, FrameType.StartFailed)));
        var output = OutputBody.Read(Take(queue, FrameType.Output));
        Assert.Equal((7u, OutputBody.Stderr), (output.Id, output.Stream));
        Assert.Equal([0, 1, 255], output.Bytes.ToArray());
        Assert.Equal(new(7, 255, 0), ExitedBody.Read(Take(queue, FrameType.Exited)));
        Assert.Empty(Take(queue, FrameType.AllGone));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Are_the_same_when_the_bytes_are_read_straight_into_them()
    {
        var (copied, direct) = (new ByteQueue(), new ByteQueue());
        new OutputBody(3, OutputBody.Stdout, "hello"u8).WriteTo(copied);

        var count = OutputBody.WriteTo(direct, 3, OutputBody.Stdout, 100, room =>
        {
            "hello"u8.CopyTo(room.Span);
            return 5;
        });

        Assert.Equal(5, count);
        Assert.Equal(copied.Bytes.ToArray(), direct.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Do_not_exist_when_nothing_was_read_into_them(int result)
    {
        var queue = new ByteQueue();

        Assert.Equal(result, OutputBody.WriteTo(queue, 3, OutputBody.Stdout, 100, _ => result));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Wait_until_their_last_byte_is_there()
    {
        var whole = new ByteQueue();
        new SignalBody(1, 9).WriteTo(whole);

        for (var length = 0; length < whole.Count; length++)
            Assert.False(Frame.TryRead(whole.Bytes[..length], out _, out _));

        Assert.True(Frame.TryRead(whole.Bytes, out _, out var all));
        Assert.Equal(whole.Count, all);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData((uint)Frame.MaxBytes + 1)]
    [InlineData(uint.MaxValue)]
    public void Of_an_impossible_length_are_refused_before_they_arrive(uint length)
    {
        var bytes = new byte[Frame.HeaderBytes];
        BitConverter.TryWriteBytes(bytes, length);

        Assert.Throws<MalformedFrameException>(() => Frame.TryRead(bytes, out _, out _));
    }

    [Fact]
    public void Too_large_are_not_written() =>
        Assert.Throws<MalformedFrameException>(
            () => new StartBody(1, new string('x', Frame.MaxBytes), "/", 0, [], []).WriteTo(new ByteQueue()));

    [Fact]
    public void With_a_zero_byte_in_a_text_are_refused() => Refuses(new StartBody(1, "/bin/true\0/bin/sh", "/", 0, [], []));

    [Fact]
    public void With_a_text_that_is_not_UTF_8_are_refused()
    {
        var queue = new ByteQueue();
        new StartBody(1, "/bin/true", "/", 0, [], []).WriteTo(queue);
        queue.Held(Frame.HeaderBytes + 8, 1)[0] = 0xFF;

        Assert.Throws<MalformedFrameException>(() => StartBody.Read(Take(queue, FrameType.Start)));
    }

    [Theory, InlineData(1u), InlineData(2u), InlineData(256u), InlineData(uint.MaxValue)]
    public void With_a_pipe_where_none_can_be_are_refused(uint descriptor) =>
        Refuses(new StartBody(1, "/bin/true", "/", descriptor, [], []));

    [Theory, InlineData(0), InlineData(4), InlineData(255)]
    public void Of_output_from_nowhere_are_refused(byte stream)
    {
        var queue = new ByteQueue();
        new OutputBody(1, stream, "text"u8).WriteTo(queue);

        Assert.Throws<MalformedFrameException>(() => OutputBody.Read(Take(queue, FrameType.Output)).Id);
    }

    [Fact]
    public void Cut_short_or_with_something_behind_are_refused()
    {
        var queue = new ByteQueue();
        new StartBody(1, "/bin/true", "/", 0, ["a", "b"], ["A=1"]).WriteTo(queue);
        var body = Take(queue, FrameType.Start);

        for (var length = 0; length < body.Length; length++)
            Assert.Throws<MalformedFrameException>(() => StartBody.Read(body.AsSpan(0, length)));

        Assert.Throws<MalformedFrameException>(() => StartBody.Read([.. body, 0]));
    }

    [Fact]
    public void Made_of_garbage_do_no_harm()
    {
        var refused = 0;
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var queue = new ByteQueue();
            if (random.Next(2) == 0)
            {
                // Well-formed, with some bytes changed; otherwise nothing but noise.
                new StartBody(1, "/bin/true", "/", 0, ["a", "b"], ["A=1", "B=2"]).WriteTo(queue);
                new SignalBody(1, 9).WriteTo(queue);
                new OutputBody(1, OutputBody.Stdout, "text"u8).WriteTo(queue);
                for (var i = random.Next(1, 5); i > 0; i--)
                    queue.Held(random.Next(queue.Count), 1)[0] = (byte)random.Next(256);
            }
            else
            {
                var noise = new byte[random.Next(1, 200)];
                random.NextBytes(noise);
                noise.AsSpan(1, Math.Min(3, noise.Length - 1)).Clear();
                queue.Append(noise);
            }

            refused += IsRefused(queue) ? 1 : 0;
        }

        Assert.InRange(refused, 5_000, 20_000);
    }

    /// <summary>Reads all there is, as both sides would. Any exception but the one for malformed frames fails the test.</summary>
    private static bool IsRefused(ByteQueue queue)
    {
        try
        {
            while (Frame.TryRead(queue.Bytes, out var frame, out var length))
            {
                _ = frame.Type switch
                {
                    FrameType.Start => StartBody.Read(frame.Body).Id,
                    FrameType.Signal => SignalBody.Read(frame.Body).Id,
                    FrameType.Started => StartedBody.Read(frame.Body).Id,
                    FrameType.StartFailed => StartFailedBody.Read(frame.Body).Id,
                    FrameType.Output => OutputBody.Read(frame.Body).Id,
                    FrameType.Exited => ExitedBody.Read(frame.Body).Id,
                    _ => throw new MalformedFrameException("a type that does not exist"),
                };
                queue.Consume(length);
            }

            return false;
        }
        catch (MalformedFrameException)
        {
            return true;
        }
    }

    private static void Refuses(StartBody start)
    {
        var queue = new ByteQueue();
        start.WriteTo(queue);
        var body = Take(queue, FrameType.Start);
        Assert.Throws<MalformedFrameException>(() => StartBody.Read(body));
    }

    private static byte[] Take(ByteQueue queue, FrameType type)
    {
        Assert.True(Frame.TryRead(queue.Bytes, out var frame, out var length));
        Assert.Equal(type, frame.Type);
        var body = frame.Body.ToArray();
        queue.Consume(length);
        return body;
    }
}
