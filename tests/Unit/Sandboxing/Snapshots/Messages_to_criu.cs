using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.UnitTests.Sandboxing.Snapshots;

public sealed class Messages_to_criu
{
    [Fact]
    public void Have_the_bytes_of_protocol_buffers() => Assert.Equal(
        [0x08, 0x96, 0x01, 0x12, 0x02, (byte)'h', (byte)'i', 0x1a, 0x02, 0x08, 0x01, 0x80, 0x04, 0x03],
        new WireWriter().Number(1, 150).Text(2, "hi").Message(3, new WireWriter().Flag(1)).Number(64, 3).Bytes.ToArray());

    [Fact]
    public void Are_answered_with_where_it_is()
    {
        var message = new WireWriter().Number(1, 6).Number(2, 1)
            .Message(5, new WireWriter().Text(1, "setup-namespaces").Number(2, 4711)).Bytes.ToArray();

        var answer = CriuAnswer.Read(message);
        Assert.Equal(("setup-namespaces", 4711, true), (answer.Notification, answer.Pid, answer.Success));
    }

    [Fact]
    public void Are_answered_with_an_end()
    {
        var restored = CriuAnswer.Read(new WireWriter().Number(1, 2).Number(2, 1).Message(4, new WireWriter().Number(1, 300)).Bytes.Span);
        var failed = CriuAnswer.Read(new WireWriter().Number(1, 1).Number(2, 0).Number(7, 16).Text(9, "no").Number(99, 1).Bytes.Span);
        var version = CriuAnswer.Read(
            new WireWriter().Number(1, 10).Number(2, 1).Message(10, new WireWriter().Number(1, 4).Number(2, 2).Number(4, 1)).Bytes.Span);

        Assert.Equal((true, 300, null), (restored.Success, restored.Pid, restored.Notification));
        Assert.Equal((false, "no"), (failed.Success, failed.Message));
        Assert.Equal(new Version(4, 2, 1), version.Version);
    }

    [Theory]
    [InlineData(new byte[] { 0x12, 0x05, 0x01 })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0x0b })]
    [InlineData(new byte[] { 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    public void Are_not_believed_when_they_are_none(byte[] bytes) => Assert.Throws<FormatException>(() => CriuAnswer.Read(bytes));
}
