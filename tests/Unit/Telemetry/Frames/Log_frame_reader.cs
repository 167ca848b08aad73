using System.Buffers.Binary;
using System.Text;
using Thaw.Telemetry.Frames;

namespace Thaw.UnitTests.Telemetry.Frames;

public sealed class Log_frame_reader : ILogFrames
{
    private const byte Text = 1, Timed = 2;

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 18, 30, 0, TimeSpan.Zero);

    private readonly List<string> found = [];
    private readonly StringBuilder text = new();

    [Fact, Trait("Spec", "ENV-114")]
    public void Makes_one_record_of_a_frame_with_newlines_and_gives_its_time()
    {
        Read(100, Frame(0x0F, "one\ntwo\nthree\n", microseconds: 1_700_000_000_123_456));

        Assert.Equal(["Info text 2023-11-14T22:13:20.1234560: one\ntwo\nthree\n"], found);
    }

    [Theory]
    [InlineData(0x03, "no level text")]
    [InlineData(0x02, "no level JSON")]
    [InlineData(0x0F, "Info text")]
    [InlineData(0x16, "Error JSON")]
    [InlineData(0x07, "Trace text")]
    [InlineData(0x0B, "Debug text")]
    [InlineData(0x13, "Warn text")]
    [InlineData(0x1B, "Fatal text")]
    public void Tells_level_and_kind(byte kind, string expected)
    {
        Read(100, Frame(kind, "m", microseconds: 1_700_000_000_000_000));

        Assert.StartsWith(expected, found.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Needs_no_time()
    {
        Read(100, [.. Frame(Text, "one"), .. Frame(0x18, "two")]);

        Assert.Equal(["no level text now: one", "Fatal JSON now: two"], found);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(946_684_799_999_999ul)]
    [InlineData(ulong.MaxValue)]
    public void Gives_a_time_that_cannot_be_as_ours(ulong microseconds)
    {
        Read(100, Frame(Text | Timed, "m", microseconds));

        Assert.Equal(["no level text now: m"], found);
    }

    [Fact]
    public void Takes_a_clock_for_wrong_that_is_a_day_ahead()
    {
        var bound = (ulong)(Now.AddDays(1) - DateTimeOffset.UnixEpoch).TotalMicroseconds;

        Assert.Equal(Now.AddDays(1), new LogFrameHead(null, false, bound).TimeAt(Now));
        Assert.Equal(Now, new LogFrameHead(null, false, bound + 1).TimeAt(Now));
        Assert.Equal(new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new LogFrameHead(null, false, 946_684_800_000_000).TimeAt(Now));
    }

    [Fact]
    public void Takes_empty_messages()
    {
        Read(100, [.. Frame(Text, ""), .. Frame(Text, "m"), .. Frame(Text, "")]);

        Assert.Equal(["no level text now: ", "no level text now: m", "no level text now: "], found);
    }

    [Fact]
    public void Finds_the_same_wherever_its_bytes_are_cut()
    {
        byte[] input = [.. "stray"u8, .. Frame(0x0F, "first\nframe", 1_700_000_000_000_000), 0xA5, 0x5A, .. Frame(Text, "second"),
            .. "\nlines\n"u8, 0xA5, .. Frame(0x16, "{}", 1_700_000_000_000_000)];
        string[] expected = ["text: stray", "Info text 2023-11-14T22:13:20.0000000: first\nframe", "text: \uFFFDZ",
            "no level text now: second", "text: \nlines\n\uFFFD", "Error JSON 2023-11-14T22:13:20.0000000: {}"];

        for (var first = 0; first <= input.Length; first++)
        {
            for (var second = first; second <= input.Length; second++)
            {
                found.Clear();
                Read(100, input[..first], input[first..second], input[second..]);
                Assert.Equal(expected, found);
            }
        }
    }

    [Theory]
    [InlineData("A55A0020 00000001 61")]
    [InlineData("A55A001D 00000001 61")]
    [InlineData("A55A00FF 00000001 61")]
    [InlineData("A55A0101 00000001 61")]
    [InlineData("5AA50001 00000001 61")]
    [InlineData("A55A0001 01000001 61")]
    [InlineData("A55A0003 FFFFFFFF 61")]
    [InlineData("A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5")]
    [InlineData("A55AA55AA55A00A55A00FF")]
    public void Takes_what_is_no_frame_for_text_and_finds_the_next_one(string hex)
    {
        var wrong = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Read(100, wrong, Frame(Text, "right"));
        Assert.Equal([$"text: {Encoding.UTF8.GetString(wrong)}", "no level text now: right"], found);

        found.Clear();
        Read(100, [.. wrong, .. Frame(Text, "right")]);
        Assert.Equal([$"text: {Encoding.UTF8.GetString(wrong)}", "no level text now: right"], found);
    }

    [Fact]
    public void Takes_the_largest_frame_but_none_larger()
    {
        var reader = new LogFrameReader(100, this);
        reader.Write(Frame(Text, "").AsSpan(..4));
        reader.Write([0x01, 0x00, 0x00, 0x00, (byte)'m']);
        reader.End();

        Assert.Equal(["no level text now: m"], found);
    }

    [Fact]
    public void Cuts_a_long_message_into_pieces_with_the_same_head()
    {
        Read(4, Frame(0x0F, "123456789", 1_700_000_000_000_000), Frame(Text, "1234"), Frame(Text, "12ä😀5"));

        const string Head = "Info text 2023-11-14T22:13:20.0000000: ";
        Assert.Equal(
            [$"{Head}1234", $"{Head}5678", $"{Head}9",
            "no level text now: 1234", "no level text now: 12ä", "no level text now: 😀", "no level text now: 5"],
            found);
    }

    [Fact]
    public void Hands_over_what_has_come_of_a_message_when_it_is_flushed_and_the_rest_behind_it()
    {
        var frame = Frame(Text, "begun and ended");
        var reader = new LogFrameReader(100, this);
        reader.Write(frame.AsSpan(..13));
        reader.Flush();
        reader.Flush();
        reader.Write(frame.AsSpan(13..));
        reader.Write(Frame(Text, "next"));

        Assert.Equal(["no level text now: begun", "no level text now:  and ended", "no level text now: next"], found);
    }

    [Fact]
    public void Adds_no_empty_piece_to_a_message_that_was_flushed_at_its_end()
    {
        var reader = new LogFrameReader(4, this);
        reader.Write(Frame(Text, "12345678").AsSpan(..^4));
        reader.Flush();
        reader.Write("5678"u8);

        Assert.Equal(["no level text now: 1234", "no level text now: 5678"], found);
    }

    [Fact]
    public void Keeps_the_half_of_a_head_through_a_flush()
    {
        var frame = Frame(Text, "m");
        var reader = new LogFrameReader(100, this);
        reader.Write(frame.AsSpan(..5));
        reader.Flush();
        reader.Write(frame.AsSpan(5..));

        Assert.Equal(["no level text now: m"], found);
    }

    [Fact]
    public void Loses_nothing_when_the_writer_dies_and_begins_anew_for_the_next()
    {
        var reader = new LogFrameReader(100, this);
        reader.Write(Frame(Text, "cut off").AsSpan(..^4));
        reader.End();
        reader.Write(Frame(Text, "whole"));
        reader.Write(Frame(Text, "only a head").AsSpan(..3));
        reader.End();
        reader.End();
        EndText();

        Assert.Equal(["no level text now: cut", "no level text now: whole", "text: \uFFFDZ\0"], found);
    }

    [Fact]
    public void Loses_no_byte_of_anything()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var counter = new ByteCounter();
            var reader = new LogFrameReader(random.Next(4, 40), counter);
            List<byte> input = [];
            var content = 0L;
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                var noise = new byte[random.Next(40)];
                random.NextBytes(noise);
                noise = [.. noise.Where(value => value != 0xA5)];
                input.AddRange(noise);
                var message = new byte[random.Next(60)];
                random.NextBytes(message);
                input.AddRange(Frame((byte)(random.Next(4) | (random.Next(7) << 2)), message, 1));
                content += noise.Length + message.Length;
            }

            var all = input.ToArray();
            for (var at = 0; at < all.Length;)
            {
                var length = Math.Min(random.Next(1, 30), all.Length - at);
                reader.Write(all.AsSpan(at, length));
                at += length;
                if (random.Next(4) == 0)
                    reader.Flush();
            }

            reader.End();
            Assert.Equal(content, counter.Bytes);
        }
    }

    [Fact]
    public void Survives_noise()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var reader = new LogFrameReader(16, new ByteCounter());
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            for (var i = 0; i < noise.Length; i++)
                noise[i] = random.Next(3) == 0 ? (byte)(random.Next(3) switch { 0 => 0xA5, 1 => 0x5A, _ => 0 }) : noise[i];
            for (var at = 0; at < noise.Length; at += 7)
                reader.Write(noise.AsSpan(at, Math.Min(7, noise.Length - at)));
            reader.End();
        }
    }

    void ILogFrames.Frame(LogFrameHead head, ReadOnlySpan<byte> message)
    {
        EndText();
        var time = head.TimeAt(Now);
        var when = time == Now ? "now" : $"{time:yyyy-MM-ddTHH:mm:ss.fffffff}";
        found.Add($"{head.Level?.ToString() ?? "no level"} {(head.IsJson ? "JSON" : "text")} {when}: {Encoding.UTF8.GetString(message)}");
    }

    void ILogFrames.Text(ReadOnlySpan<byte> bytes)
    {
        Assert.NotEqual(0, bytes.Length);

        // Together at last, one byte may be half a character.
        foreach (var value in bytes)
            text.Append((char)value);
    }

    private static byte[] Frame(byte kind, string message, ulong microseconds = 0) =>
        Frame(kind, Encoding.UTF8.GetBytes(message), microseconds);

    private static byte[] Frame(byte kind, byte[] message, ulong microseconds)
    {
        var head = new byte[(kind & Timed) != 0 ? 16 : 8];
        BinaryPrimitives.WriteUInt32BigEndian(head, 0xA55A0000 | kind);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), message.Length);
        if (head.Length == 16)
            BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(8), microseconds);
        return [.. head, .. message];
    }

    private void Read(int maxMessageBytes, params byte[][] blocks)
    {
        var reader = new LogFrameReader(maxMessageBytes, this);
        foreach (var block in blocks)
            reader.Write(block);
        reader.End();
        EndText();
    }

    private void EndText()
    {
        if (text.Length > 0)
            found.Add($"text: {Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text.ToString()))}");
        text.Clear();
    }

    private sealed class ByteCounter : ILogFrames
    {
        public long Bytes { get; private set; }

        public void Frame(LogFrameHead head, ReadOnlySpan<byte> message) => Bytes += message.Length;

        public void Text(ReadOnlySpan<byte> bytes) => Bytes += bytes.Length;
    }
}
