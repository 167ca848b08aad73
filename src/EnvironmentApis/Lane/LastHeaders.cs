namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// The header lines of a connection's last plain requests, with a body and without. Clients say the same of themselves again and again,
/// and lines that have been read once need not be read anew.
/// </summary>
public sealed class LastHeaders
{
    // Longer ones are signed, mostly, and then no two are alike.
    private const int KeptBytes = 1024;

    private Kept withBody, withoutBody;

    /// <summary>Whether the same lines stand here as in the last request of that kind.</summary>
    /// <param name="received">What came behind the first line.</param>
    /// <param name="bytes">How many they have, with the empty one at their end.</param>
    /// <param name="bodyBytes">The length that they announce.</param>
    internal bool StandIn(ReadOnlySpan<byte> received, bool hasBody, out int bytes, out int bodyBytes)
    {
        ref readonly var kept = ref hasBody ? ref withBody : ref withoutBody;
        (bytes, bodyBytes) = (kept.Bytes, kept.BodyBytes);
        return bytes > 0 && received.StartsWith(kept.Lines.AsSpan(0, bytes));
    }

    /// <summary>These were plain.</summary>
    internal void Keep(ReadOnlySpan<byte> lines, bool hasBody, int bodyBytes)
    {
        ref var kept = ref hasBody ? ref withBody : ref withoutBody;
        kept.Bytes = 0;
        if (lines.Length > KeptBytes)
            return;
        if (kept.Lines is null || kept.Lines.Length < lines.Length)
            kept.Lines = new byte[lines.Length];
        lines.CopyTo(kept.Lines);
        (kept.Bytes, kept.BodyBytes) = (lines.Length, bodyBytes);
    }

    private struct Kept
    {
        public byte[]? Lines;
        public int Bytes, BodyBytes;
    }
}
