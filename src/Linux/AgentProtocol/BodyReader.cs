using System.Buffers.Binary;
using System.Text;

namespace Thaw.Linux.AgentProtocol;

/// <summary>
/// Takes a body apart, front to back. Every method throws <see cref="MalformedFrameException"/> when the bytes do not allow it.
/// </summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = body;

    internal byte ReadByte() => Take(1)[0];

    internal uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    internal int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    internal string ReadString()
    {
        var bytes = Take(ReadUInt32());

        // The text becomes a C string; what follows a zero byte would silently be lost.
        if (bytes.Contains((byte)0))
            throw new MalformedFrameException("a zero byte inside a text");

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedFrameException("a text that is not UTF-8");
        }
    }

    internal List<string> ReadStrings()
    {
        var count = ReadUInt32();

        // Each takes four bytes at least: an absurd count must not become an absurd allocation.
        if (count > rest.Length / sizeof(uint))
            throw new MalformedFrameException($"{count} texts in {rest.Length} bytes");

        var texts = new List<string>((int)count);
        for (var i = 0; i < count; i++)
            texts.Add(ReadString());

        return texts;
    }

    internal ReadOnlySpan<byte> ReadRest() => Take((uint)rest.Length);

    internal readonly void End()
    {
        if (!rest.IsEmpty)
            throw new MalformedFrameException($"{rest.Length} bytes too many in a body");
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > rest.Length)
            throw new MalformedFrameException("a body that ends too early");

        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }
}
