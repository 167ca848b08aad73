namespace Thaw.Sandboxing.Namespaces;

/// <summary>A folder of the machine that can be read, and nothing else, inside of a sandbox.</summary>
/// <param name="Path">Absolute, on the machine. It may lie where only we can reach it; its own files must be readable to others.</param>
/// <param name="Inside">Absolute, as seen from inside: <c>/opt</c>, <c>/var/lang</c>, <c>/var/runtime</c> or <c>/var/task</c>.</param>
public sealed record FolderInside(string Path, string Inside);
