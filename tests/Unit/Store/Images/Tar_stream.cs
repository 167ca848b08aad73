using System.Formats.Tar;
using System.Text;
using Thaw.Store.Images;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Images;

public sealed class Tar_stream
{
    [Theory, InlineData(TarEntryFormat.Pax), InlineData(TarEntryFormat.Gnu), InlineData(TarEntryFormat.Ustar)]
    public void Reads_all_forms_of_long_names(TarEntryFormat format)
    {
        var name = string.Join('/', Enumerable.Repeat("a folder of twenty", format == TarEntryFormat.Ustar ? 7 : 40)) + "/file";
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, format, leaveOpen: true))
        {
            TarEntry entry = format switch
            {
                TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                _ => new UstarTarEntry(TarEntryType.RegularFile, name),
            };
            entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes("content"));
            tar.WriteEntry(entry);
        }

        bytes.Position = 0;
        var read = new TarStream(bytes);
        var item = read.Next()!;
        var content = new byte[100];
        Assert.Equal((name, TarKind.File, 7, 7), (item.Name, item.Kind, (int)item.Size, read.Read(content)));
        Assert.Null(read.Next());
    }

    [Fact]
    public void Refuses_names_that_have_no_end()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
            tar.File(new string('a', 2_000_000));
        bytes.Position = 0;
        var refusal = Assert.Throws<InvalidDataException>(() => new TarStream(bytes).Next());
        Assert.Contains("too long", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_what_is_no_tar_or_cut_off()
    {
        Assert.Throws<InvalidDataException>(() => new TarStream(new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 2048)))).Next());
        Assert.Throws<InvalidDataException>(() => new TarStream(new MemoryStream(Encoding.UTF8.GetBytes("x"))).Next());
        Assert.Null(new TarStream(new MemoryStream()).Next());
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
            tar.File("a", new byte[1000]);
        var cut = new TarStream(new MemoryStream(bytes.ToArray()[..^1500]));
        Assert.NotNull(cut.Next());
        Assert.Throws<InvalidDataException>(() =>
        {
            while (cut.Read(new byte[512]) > 0)
            {
            }
        });
    }

    // Whatever somebody writes over an archive, it is read, or refused; nothing else.
    [Fact]
    public void Survives_any_bytes()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
            tar.Folder("a").File("a/b", "content").Link("c", "a/b").HardLink("d", "a/b").File(new string('e', 300));
        var random = new Random(1);
        for (var round = 0; round < 3000; round++)
        {
            var damaged = bytes.ToArray();
            for (var count = random.Next(1, 6); count > 0; count--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var read = new TarStream(new MemoryStream(damaged[..random.Next(damaged.Length)]));
            try
            {
                while (read.Next() is not null)
                    read.Read(new byte[100]);
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }
}
