using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Thaw.Telemetry.Records;

/// <summary>Text as a JSON string, between its quotation marks. Any bytes will do: what is no UTF-8 becomes U+FFFD.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(letter => (byte)letter), (byte)'"', (byte)'\\']);

    public static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
    {
        to.Write("\""u8);
        if (Utf8.IsValid(text))
            WriteValid(text, to);
        else
            WriteRepaired(text, to);
        to.Write("\""u8);
    }

    public static void Write(string text, IBufferWriter<byte> to)
    {
        const int Short = 256;
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = length > Short ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> bytes = rented ?? stackalloc byte[Short];
        Write(bytes[..Encoding.UTF8.GetBytes(text, bytes)], to);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private static void WriteValid(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
    {
        for (int special; (special = text.IndexOfAny(Escaped)) >= 0; text = text[(special + 1)..])
        {
            to.Write(text[..special]);
            WriteEscaped(text[special], to);
        }

        to.Write(text);
    }

    private static void WriteEscaped(byte letter, IBufferWriter<byte> to)
    {
        switch (letter)
        {
            case (byte)'"':
                to.Write("\\\""u8);
                break;
            case (byte)'\\':
                to.Write("\\\\"u8);
                break;
            case (byte)'\n':
                to.Write("\\n"u8);
                break;
            case (byte)'\r':
                to.Write("\\r"u8);
                break;
            case (byte)'\t':
                to.Write("\\t"u8);
                break;
            default:
                to.Write("\\u00"u8);
                to.Write([Digit(letter >> 4), Digit(letter & 0xF)]);
                break;
        }
    }

    private static byte Digit(int value) => "0123456789abcdef"u8[value];

    private static void WriteRepaired(ReadOnlySpan<byte> text, IBufferWriter<byte> to)
    {
        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf8(text[at..], out _, out var length) == OperationStatus.Done)
            {
                at += length;
                continue;
            }

            WriteValid(text[..at], to);
            to.Write("\uFFFD"u8);
            text = text[(at + length)..];
            at = 0;
        }

        WriteValid(text, to);
    }
}
