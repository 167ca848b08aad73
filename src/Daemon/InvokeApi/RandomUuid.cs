namespace Thaw.Daemon.InvokeApi;

/// <summary>Version 4 UUIDs, as AWS's request ids are.</summary>
/// <remarks><see cref="Guid.NewGuid"/> asks the kernel each time, which is dear for what guards nothing.</remarks>
internal static class RandomUuid
{
    public static Guid New(Random random)
    {
        Span<byte> bits = stackalloc byte[16];
        random.NextBytes(bits);
        (bits[6], bits[8]) = ((byte)((bits[6] & 0x0f) | 0x40), (byte)((bits[8] & 0x3f) | 0x80));
        return new Guid(bits, bigEndian: true);
    }
}
