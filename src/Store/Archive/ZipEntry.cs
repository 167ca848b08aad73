using System.IO.Compression;

namespace Thaw.Store.Archive;

/// <summary>What one entry of a zip is to become.</summary>
/// <param name="Path">Below the folder, with <c>/</c> between its parts; without <c>.</c>, <c>..</c> or empty ones.</param>
/// <param name="IsExecutable">By whom, as its owner had it; the bits of a mode.</param>
internal sealed record ZipEntry(ZipArchiveEntry Source, string Path, ZipEntryKind Kind, UnixFileMode IsExecutable);

internal enum ZipEntryKind
{
    Folder,
    File,
    Link,
}
