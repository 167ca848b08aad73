namespace Thaw.Sandboxing.Namespaces;

/// <summary>A root file system of one function's own, which a sandbox gets in the place of the machine's programs; read-only.</summary>
/// <param name="Folder">
/// Absolute, on the machine. It belongs to us, and nobody changes it but us: places to mount on are made in it where they are missing.
/// </param>
public sealed record ImageRoot(string Folder);
