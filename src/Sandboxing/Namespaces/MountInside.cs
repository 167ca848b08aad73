namespace Thaw.Sandboxing.Namespaces;

/// <summary>A folder or file of the machine that can be read, and nothing else, inside of a sandbox.</summary>
/// <param name="Path">Absolute, on the machine. It may lie where only we can reach it; it must itself be readable to others.</param>
/// <param name="Inside">
/// Absolute, as seen from inside: <c>/opt</c>, <c>/var/lang</c>, <c>/var/runtime</c> or <c>/var/task</c>, or any name for a file.
/// </param>
public sealed record MountInside(string Path, string Inside);
