namespace Thaw.Sandboxing.Snapshots;

/// <summary>A CRIU that can do what is asked of it here.</summary>
/// <param name="Path">The program, absolute.</param>
/// <param name="Version">As it says itself.</param>
public sealed record Criu(string Path, Version Version)
{
    /// <summary>Where Thaw puts one of its own, where the machine's packages have none or an old one.</summary>
    public const string OwnFolder = "/opt/thaw/criu";

    /// <summary>Kernels from 6.16 on refuse what older ones ask of them.</summary>
    public static Version Oldest { get; } = new(4, 2);

    /// <summary>The machine's if it will do, else Thaw's own; null when there is neither.</summary>
    /// <param name="ownFolder">Where Thaw's own lies.</param>
    public static Criu? Find(string ownFolder = OwnFolder) => throw new NotImplementedException();
}
