namespace Thaw.Store.Images;

/// <summary>One entry of a tar archive, as its header has it.</summary>
/// <param name="Name">As it is written there.</param>
/// <param name="LinkName">What a link leads to, or which file a hard link is; empty for others.</param>
/// <param name="Mode">The twelve bits of chmod(2).</param>
/// <param name="Size">Of the content, in bytes.</param>
internal sealed record TarItem(TarKind Kind, string Name, string LinkName, int Mode, long Size, DateTimeOffset Modified);

internal enum TarKind
{
    File,
    HardLink,
    Link,
    Folder,
    /// <summary>A device or a pipe, or what nobody knows.</summary>
    Other,
}
