using System.Formats.Tar;
using System.Text;

namespace Thaw.Testing;

/// <summary>Entries of an image's layer.</summary>
public static class LayerEntries
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public static TarWriter File(this TarWriter tar, string name, string text = "", UnixFileMode mode = Open) =>
        tar.File(name, Encoding.UTF8.GetBytes(text), mode);

    public static TarWriter File(this TarWriter tar, string name, byte[] content, UnixFileMode mode = Open) =>
        tar.Entry(TarEntryType.RegularFile, name, mode, entry => entry.DataStream = new MemoryStream(content));

    public static TarWriter Folder(this TarWriter tar, string name, UnixFileMode mode = Open) =>
        tar.Entry(TarEntryType.Directory, name, mode, _ => { });

    public static TarWriter Link(this TarWriter tar, string name, string target) =>
        tar.Entry(TarEntryType.SymbolicLink, name, Open, entry => entry.LinkName = target);

    public static TarWriter HardLink(this TarWriter tar, string name, string other) =>
        tar.Entry(TarEntryType.HardLink, name, Open, entry => entry.LinkName = other);

    public static TarWriter Entry(this TarWriter tar, TarEntryType type, string name, UnixFileMode mode, Action<TarEntry> more)
    {
        var entry = new PaxTarEntry(type, name) { Mode = mode, ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000) };
        more(entry);
        tar.WriteEntry(entry);
        return tar;
    }
}
