namespace Thaw.Sandboxing;

/// <summary>
/// Cuts a stream of bytes into lines, and hands over those that come together as one run. Only <c>\n</c> ends a line (a <c>\r</c> is
/// content); a line longer than the maximum comes in pieces, cut between UTF-8 characters where there are any. No byte is lost: the rest
/// waits for its newline or for <see cref="Flush"/>.
/// </summary>
/// <param name="maxLineBytes">The longest piece, in bytes, without a newline; at least 4, the longest character.</param>
/// <param name="handleLines">
/// Called during <see cref="Write"/> and <see cref="Flush"/>. What began in an earlier call is a run of its own, so are pieces.
/// </param>
/// <remarks>One per stream; not for several threads at a time.</remarks>
public sealed class LineSplitter(int maxLineBytes, LinesHandler handleLines)
{
    private readonly int maxLineBytes = maxLineBytes >= 4 ? maxLineBytes : throw new ArgumentOutOfRangeException(nameof(maxLineBytes));
    private byte[] partial = [];
    private int held;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.LastIndexOf((byte)'\n') is var last and >= 0)
        {
            EndLines(bytes[..last]);
            bytes = bytes[(last + 1)..];
        }

        Hold(bytes);
    }

    /// <summary>Hands over a line that has no newline yet, if there is one. What follows begins a new line.</summary>
    public void Flush()
    {
        if (held > 0)
            EndLine([]);
    }

    private void EndLines(ReadOnlySpan<byte> lines)
    {
        // Usually they lie in the caller's bytes as a whole, and none can be too long: no copy.
        while (held > 0 || lines.Length > maxLineBytes)
        {
            var end = lines.IndexOf((byte)'\n');
            EndLine(end < 0 ? lines : lines[..end]);
            if (end < 0)
                return;
            lines = lines[(end + 1)..];
        }

        handleLines(lines);
    }

    private void EndLine(ReadOnlySpan<byte> end)
    {
        if (held == 0 && end.Length <= maxLineBytes)
        {
            handleLines(end);
            return;
        }

        Hold(end);
        handleLines(partial.AsSpan(0, held));
        held = 0;
    }

    /// <summary>Keeps the bytes, and hands over a piece whenever there would be more than the maximum.</summary>
    private void Hold(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (held == maxLineBytes)
                HandOverPiece();

            var taken = bytes[..Math.Min(bytes.Length, maxLineBytes - held)];
            Reserve(held + taken.Length);
            taken.CopyTo(partial.AsSpan(held));
            held += taken.Length;
            bytes = bytes[taken.Length..];
        }
    }

    private void HandOverPiece()
    {
        var piece = CharacterBoundary(partial.AsSpan(0, held));
        handleLines(partial.AsSpan(0, piece));
        partial.AsSpan(piece, held - piece).CopyTo(partial);
        held -= piece;
    }

    private void Reserve(int length)
    {
        if (partial.Length < length)
            Array.Resize(ref partial, Math.Min(maxLineBytes, Math.Max(length, Math.Max(256, partial.Length * 2))));
    }

    /// <summary>The largest length that does not cut a character at the end in two; all of the bytes when they are not UTF-8.</summary>
    private static int CharacterBoundary(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 4; back++)
        {
            var last = bytes[^back];
            if ((last & 0b1100_0000) == 0b1000_0000)
                continue;

            var length = last < 0x80 ? 1 : last >= 0xF0 ? 4 : last >= 0xE0 ? 3 : 2;
            return length > back && back < bytes.Length ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }
}
