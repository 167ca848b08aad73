using System.Buffers;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>Collects a payload. When its length is known ahead, as mostly, it takes one array, and nothing is copied twice.</summary>
/// <param name="announced">The length, if the sender told it, in bytes.</param>
public sealed class WholePayload(long? announced)
{
    private const int UnannouncedBytes = 4096;

    // What is read later is written first, so nobody needs zeroes: of megabytes they cost as much as reading them.
    private byte[] bytes = LargeArrays.Take((int)Math.Min(announced ?? UnannouncedBytes, Array.MaxLength));

    /// <summary>In bytes, so far.</summary>
    public int Length { get; private set; }

    /// <summary>All so far; valid until more is appended.</summary>
    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    public void Append(ReadOnlySequence<byte> part)
    {
        foreach (var segment in part)
            Append(segment.Span);
    }

    public void Append(ReadOnlySpan<byte> part)
    {
        if (part.Length > bytes.Length - Length)
            Grow(Length + part.Length);
        part.CopyTo(bytes.AsSpan(Length));
        Length += part.Length;
    }

    private void Grow(int atLeast)
    {
        var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(2L * bytes.Length, atLeast), Array.MaxLength));
        Span.CopyTo(larger);
        bytes = larger;
    }
}
