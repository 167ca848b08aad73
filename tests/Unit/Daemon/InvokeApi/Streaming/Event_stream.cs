using System.Buffers;
using Thaw.Daemon.InvokeApi.Streaming;

namespace Thaw.UnitTests.Daemon.InvokeApi.Streaming;

public sealed class Event_stream
{
    private const string Chunk =
        "000000700000005a174e874c0b3a6576656e742d7479706507000c5061796c6f61644368756e6b0d3a636f6e74656e742d747970650700186170706c69636174"
        + "696f6e2f6f637465742d73747265616d0d3a6d6573736167652d747970650700056576656e7468656c6c6f206d711b04";

    private const string Complete =
        "00000066000000541f56c8690b3a6576656e742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d747970650700106170706c6963"
        + "6174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b7d7006d467";

    [Fact, Trait("Spec", "API-098")]
    public void Frames_a_part_as_aws_does() => Assert.Equal(Chunk, Written(EventStreamFrame.PayloadChunk, "hello "u8));

    [Fact, Trait("Spec", "API-098")]
    public void Frames_the_end_as_aws_does() => Assert.Equal(Complete, Written(EventStreamFrame.InvokeComplete, "{}"u8));

    private static string Written(EventStreamFrame frame, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        frame.Write(output, payload);
        return Convert.ToHexStringLower(output.WrittenSpan);
    }
}
