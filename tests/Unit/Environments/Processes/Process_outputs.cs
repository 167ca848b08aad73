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
    private readonly FakeTimeProvider time = new();
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

    private void Write(OutputStream stream, string text) => outputs.Of("runtime").Write(stream, Encoding.UTF8.GetBytes(text));
}
