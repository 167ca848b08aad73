using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Thaw.Store.Images;

/// <summary>
/// Reads a tar archive in the forms that images have: ustar, pax, and GNU's long names. The platform's own reader makes room for as much
/// of a name as a header announces, which is as much as a hostile one likes; here all names have a bound.
/// </summary>
internal sealed class TarStream(Stream source)
{
    private const int BlockBytes = 512;

    /// <summary>Of the names and records that stand before one entry.</summary>
    private const int MaxExtraBytes = 1024 * 1024;

    private const int NameAt = 0, ModeAt = 100, SizeAt = 124, TimeAt = 136, SumAt = 148, TypeAt = 156, LinkAt = 157, MagicAt = 257,
        PrefixAt = 345;

    private readonly byte[] block = new byte[BlockBytes];
    private long left, padding;

    /// <summary>The next entry; what is left of the last one's content is passed over. Null at the end.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, or cut off.</exception>
    public TarItem? Next()
    {
        string? name = null, link = null, size = null, time = null;
        while (ReadHeader())
        {
            var type = (char)block[TypeAt];
            switch (type)
            {
                case 'x':
                    foreach (var (key, value) in Records(ReadExtra()))
                    {
                        _ = key switch
                        {
                            "path" => name = value,
                            "linkpath" => link = value,
                            "size" => size = value,
                            "mtime" => time = value,
                            _ when key.StartsWith("GNU.sparse.", StringComparison.Ordinal) =>
                                throw new InvalidDataException("sparse files are not supported"),
                            _ => null,
                        };
                    }

                    break;
                case 'L':
                    name = Text(ReadExtra());
                    break;
                case 'K':
                    link = Text(ReadExtra());
                    break;
                case 'g':
                    ReadExtra();
                    break;
                case 'S':
                    throw new InvalidDataException("sparse files are not supported");
                default:
                    return Item(type, name, link, size, time);
            }
        }

        return null;
    }

    /// <summary>Reads of the content of the last entry; 0 at its end.</summary>
    public int Read(Span<byte> buffer)
    {
        if (left == 0)
            return 0;
        var count = source.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        if (count == 0)
            throw CutOff();
        left -= count;
        return count;
    }

    private static InvalidDataException CutOff() => new("the archive is cut off");

    private static InvalidDataException NoTar() => new("this is no tar archive");

    private TarItem Item(char type, string? name, string? link, string? size, string? time)
    {
        name ??= Name();
        if (name.Contains('\0', StringComparison.Ordinal) || link?.Contains('\0', StringComparison.Ordinal) == true)
            throw new InvalidDataException("a name in it has a zero byte");
        var kind = type switch
        {
            '0' or '\0' or '7' => name.EndsWith('/') ? TarKind.Folder : TarKind.File,
            '1' => TarKind.HardLink,
            '2' => TarKind.Link,
            '5' => TarKind.Folder,
            _ => TarKind.Other,
        };

        // Links, folders and devices have none, whatever their headers say.
        var bytes = type is >= '1' and <= '6' ? 0 : size is null ? Number(SizeAt, 12) : Number(size);
        Begin(bytes);
        var seconds = time is null ? Number(TimeAt, 12) : Number(time.Split('.')[0]);
        return new(
            kind,
            name,
            kind is TarKind.Link or TarKind.HardLink ? link ?? Text(block.AsSpan(LinkAt, 100)) : "",
            (int)Number(ModeAt, 8) & 0xFFF,
            bytes,
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, uint.MaxValue)));
    }

    // GNU's own archives have other things where ustar has the beginning of a name.
    private string Name()
    {
        var name = Text(block.AsSpan(NameAt, 100));
        var isUstar = block.AsSpan(MagicAt, 6).SequenceEqual("ustar\0"u8);
        return isUstar && Text(block.AsSpan(PrefixAt, 155)) is { Length: > 0 } prefix ? $"{prefix}/{name}" : name;
    }

    private void Begin(long bytes)
    {
        if (bytes is < 0 or > long.MaxValue - BlockBytes)
            throw NoTar();
        (left, padding) = (bytes, -bytes & (BlockBytes - 1));
    }

    private bool ReadHeader()
    {
        Skip(left + padding);
        (left, padding) = (0, 0);
        var count = source.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false);
        if (count == 0 || block.AsSpan(0, count).IndexOfAnyExcept((byte)0) < 0)
            return false;
        if (count < BlockBytes)
            throw CutOff();
        var (sum, signedSum) = (0L, 0L);
        for (var i = 0; i < BlockBytes; i++)
        {
            var value = i is >= SumAt and < SumAt + 8 ? (byte)' ' : block[i];
            sum += value;
            signedSum += (sbyte)value;
        }

        if (Number(SumAt, 8) is var written && written != sum && written != signedSum)
            throw NoTar();
        return true;
    }

    private byte[] ReadExtra()
    {
        var bytes = Number(SizeAt, 12);
        if (bytes is < 0 or > MaxExtraBytes)
            throw new InvalidDataException("a name or record in it is too long");
        Begin(bytes);
        var extra = new byte[bytes];
        for (var at = 0; at < extra.Length;)
            at += Read(extra.AsSpan(at));
        return extra;
    }

    // LENGTH KEY=VALUE, the length of all of it, in bytes, with the newline at its end.
    private static IEnumerable<(string Key, string Value)> Records(byte[] extra)
    {
        for (var at = 0; at < extra.Length;)
        {
            if (!Utf8Parser.TryParse(extra.AsSpan(at), out int length, out var digits) || length <= digits + 2
                || length > extra.Length - at)
            {
                throw new InvalidDataException("a record in it is damaged");
            }

            var record = Encoding.UTF8.GetString(extra, at + digits + 1, length - digits - 2);
            at += length;
            if (record.IndexOf('=', StringComparison.Ordinal) is >= 0 and var sign)
                yield return (record[..sign], record[(sign + 1)..]);
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(bytes.IndexOf((byte)0) is >= 0 and var end ? bytes[..end] : bytes);

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw NoTar();

    // Octal digits; or, with the highest bit set, as many bytes.
    private long Number(int at, int length)
    {
        var field = block.AsSpan(at, length);
        var number = 0L;
        if ((field[0] & 0x80) != 0)
        {
            foreach (var value in field[1..])
                number = number >> 55 == 0 ? (number << 8) | value : throw NoTar();
            return number;
        }

        foreach (var digit in field.Trim(" \0"u8))
            number = digit is >= (byte)'0' and <= (byte)'7' ? (number << 3) | (uint)(digit - '0') : throw NoTar();
        return number;
    }

    private void Skip(long bytes)
    {
        if (source.CanSeek)
        {
            if (bytes > source.Length - source.Position)
                throw CutOff();
            source.Seek(bytes, SeekOrigin.Current);
            return;
        }

        var buffer = new byte[Math.Min(bytes, 64 * 1024)];
        while (bytes > 0)
        {
            var count = source.Read(buffer, 0, (int)Math.Min(buffer.Length, bytes));
            if (count == 0)
                throw CutOff();
            bytes -= count;
        }
    }
}
