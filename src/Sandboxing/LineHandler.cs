namespace Thaw.Sandboxing;

/// <summary>Takes one line, without its newline. The bytes are valid during the call only.</summary>
public delegate void LineHandler(ReadOnlySpan<byte> line);
