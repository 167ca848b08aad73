namespace Thaw.Daemon.Logs;

/// <summary>The last bytes that one invocation wrote to its log, platform's lines included; spec (service) 9.5.</summary>
internal sealed class LogTail
{
    private const int MaxBytes = 4096;

    private readonly Lock oneAtATime = new();
    private readonly byte[] ring = new byte[MaxBytes];
    private long written;

    /// <summary>One event of the log. Those that have no newline, as in JSON format, get one.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        lock (oneAtATime)
        {
            Write(message);
            if (message is not [.., (byte)'\n'])
                Write("\n"u8);
        }
    }

    /// <summary>Several, a newline between two.</summary>
    public void AddLines(ReadOnlySpan<byte> lines)
    {
        lock (oneAtATime)
        {
            Write(lines);
            Write("\n"u8);
        }
    }

    public string ToBase64()
    {
        lock (oneAtATime)
        {
            var at = (int)(written % MaxBytes);
            byte[] whole = written <= MaxBytes ? ring[..(int)written] : [.. ring[at..], .. ring[..at]];
            return Convert.ToBase64String(whole);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        // Of what is longer than the tail, only the end can be seen.
        var kept = bytes[Math.Max(0, bytes.Length - MaxBytes)..];
        written += bytes.Length - kept.Length;
        var at = (int)(written % MaxBytes);
        var first = Math.Min(kept.Length, MaxBytes - at);
        kept[..first].CopyTo(ring.AsSpan(at));
        kept[first..].CopyTo(ring);
        written += kept.Length;
    }
}
