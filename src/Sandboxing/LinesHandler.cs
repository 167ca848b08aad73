namespace Thaw.Sandboxing;

/// <summary>
/// Takes a run of lines, at least one: a newline between two lines, none behind the last. The bytes are valid during the call only.
/// </summary>
public delegate void LinesHandler(ReadOnlySpan<byte> lines);
