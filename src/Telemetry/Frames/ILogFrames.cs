namespace Thaw.Telemetry.Frames;

/// <summary>Takes what a <see cref="LogFrameReader"/> finds, in its order. The bytes are valid during the call only.</summary>
public interface ILogFrames
{
    /// <summary>A record, or a piece of one that is too large.</summary>
    void Frame(LogFrameHead head, ReadOnlySpan<byte> message);

    /// <summary>Bytes that are no frame: lines, or parts of lines, of a writer that knows no frames.</summary>
    void Text(ReadOnlySpan<byte> bytes);
}
