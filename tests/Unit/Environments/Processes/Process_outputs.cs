using System.Text;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Environments.Processes;
using Thaw.Sandboxing;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments.Processes;

public sealed class Process_outputs
{
    private readonly RecordedEvents events = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 26, 18, 0, 0, TimeSpan.Zero));
    private readonly ProcessOutputs outputs;

    public Process_outputs() => outputs = new ProcessOutputs(events, time);

    private string[] Texts => [.. events.Of<OutputLines>().Select(output => Encoding.UTF8.GetString(output.Text.Span))];

    [Fact]
    public void Are_one_event_for_the_lines_that_came_together()
    {
        Write(OutputStream.Stdout, "one\ntwo\nthr");
        var stamp = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(1));
        Write(OutputStream.Stdout, "ee\n");

        Assert.Equal(["one\ntwo", "three"], Texts);
        Assert.Equal([stamp, time.GetUtcNow()], events.All.Select(each => each.Time));
    }

    [Fact]
    public void Never_mix_the_streams_within_a_line()
    {
        Write(OutputStream.Stdout, "out");
        Write(OutputStream.Stderr, "err\n");
        Write(OutputStream.Stdout, "put\n");

        Assert.Equal(["err", "output"], Texts);
    }

    [Fact]
    public void Lose_no_last_line()
    {
        Write(OutputStream.Stdout, "no newline");
        Write(OutputStream.Stderr, "none here");
        outputs.Flush();
        outputs.Flush();

        Assert.Equal(["no newline", "none here"], Texts);
    }

    [Fact]
    public void Keep_every_byte_whatever_it_is()
    {
        byte[] bytes = [0, 255, (byte)'\r', 0xC3, 0x28];
        outputs.Of("runtime").Write(OutputStream.Stdout, [.. bytes, (byte)'\n']);

        Assert.Equal(bytes, events.Of<OutputLines>().Single().Text.ToArray());
    }

    [Fact]
    public void Come_in_pieces_when_a_line_is_larger_than_an_event_may_be()
    {
        const int Megabytes = 10;
        for (var block = 0; block < Megabytes * 16; block++)
            Write(OutputStream.Stdout, new string('x', 64 * 1024));
        outputs.Flush();

        Assert.Equal(Megabytes * 1024 * 1024, Texts.Sum(text => text.Length));
        Assert.All(Texts[..^1], text => Assert.Equal(Limits.LogLineBytes, text.Length));
    }

    [Fact, Trait("Spec", "ENV-114")]
    public void Are_one_event_for_a_frame_with_its_own_time_and_level()
    {
        Write(OutputStream.Extra, [0xA5, 0x5A, 0, 0x0F, 0, 0, 0, 3, 0, 3, 0x8D, 0x7E, 0xA4, 0xC6, 0x80, 0, .. "a\nb"u8]);

        var frame = Assert.Single(events.Of<LogFrame>());
        Assert.Equal(("runtime", LogSeverity.Info, false), (frame.Participant, frame.Level, frame.IsJson));
        Assert.Equal("a\nb", Encoding.UTF8.GetString(frame.Text.Span));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMicroseconds(1_000_000_000_000_000), frame.Time);
        Assert.Single(events.All);
    }

    [Fact]
    public void Are_lines_for_what_is_no_frame_and_keep_the_order_of_both()
    {
        byte[] frame = [0xA5, 0x5A, 0, 1, 0, 0, 0, 1, (byte)'f'];
        Write(OutputStream.Extra, [.. "line\nno newline"u8, .. frame, .. "behind\n"u8, .. frame, .. "cut"u8]);
        Assert.Equal(["line", "no newline", "behind"], Texts);
        Assert.Equal([false, false, true, false, true], events.All.Select(each => each is LogFrame));

        outputs.Flush();
        Assert.Equal("cut", Texts[^1]);
    }

    [Fact]
    public void Are_cut_off_with_their_writer()
    {
        Write(OutputStream.Extra, [0xA5, 0x5A, 0, 1, 0, 0, 0, 9, .. "half"u8]);
        outputs.Flush();
        Write(OutputStream.Extra, "way"u8);
        outputs.End();
        Write(OutputStream.Extra, "of another\n"u8);

        Assert.Equal(["half", "way"], events.Of<LogFrame>().Select(frame => Encoding.UTF8.GetString(frame.Text.Span)));
        Assert.Equal(["of another"], Texts);
    }

    private void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => outputs.Of("runtime").Write(stream, bytes);

    private void Write(OutputStream stream, string text) => outputs.Of("runtime").Write(stream, Encoding.UTF8.GetBytes(text));
}
