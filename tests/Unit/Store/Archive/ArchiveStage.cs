using Thaw.Store.Archive;
using Thaw.Store.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Archive;

/// <summary>An archive in a folder of its own.</summary>
internal sealed class ArchiveStage : IDisposable
{
    private readonly TemporaryFolder parent = new();

    public ArchiveStage() => Archive = Again();

    public CodeArchive Archive { get; private set; }

    public string Folder => Path.Combine(parent.Path, "code");

    /// <summary>As after a restart.</summary>
    public CodeArchive Again() => Archive = new CodeArchive(Folder);

    public async Task<CodeReference> AddAsync(WrittenZip zip)
    {
        using var held = await Archive.AddAsync(zip.ToArray());
        return held.Code;
    }

    public async Task<string> UnpackAsync(WrittenZip zip) => await Archive.FolderOfAsync(await AddAsync(zip));

    /// <summary>The message of the refusal, which must have left nothing.</summary>
    public async Task<string> RefusesAsync(byte[] zip)
    {
        var refusal = await Assert.ThrowsAsync<UnusableCodeException>(() => Archive.AddAsync(zip));
        Assert.Empty(Left());
        return refusal.Message;
    }

    public Task<string> RefusesAsync(WrittenZip zip) => RefusesAsync(zip.ToArray());

    public string[] Left() => Directory.Exists(Folder) ? [.. Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName)!] : [];

    /// <summary>As <c>ls</c> shows it.</summary>
    public static string ModeOf(string folder, string path)
    {
        var mode = OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(Path.Combine(folder, path));
        return string.Concat(Enumerable.Range(0, 9).Select(bit => (mode & (0x100 >> bit)) != 0 ? "rwxrwxrwx"[bit] : '-'));
    }

    public void Dispose()
    {
        Archive.Dispose();
        CodeFolder.Remove(Folder);
        parent.Dispose();
    }
}
