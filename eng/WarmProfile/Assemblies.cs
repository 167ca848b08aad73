using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Thaw.WarmProfile;

/// <summary>The assemblies that the daemon ran, by the runtime's numbers of them.</summary>
internal sealed class Assemblies(Recording recording) : IDisposable
{
    private readonly Dictionary<ulong, PEReader?> open = [];

    /// <summary>What an assembly says of itself; null for one that lies in no file.</summary>
    public MetadataReader? Find(ulong module)
    {
        if (!open.TryGetValue(module, out var reader))
        {
            var exists = recording.Modules.TryGetValue(module, out var path) && File.Exists(path);
            reader = open[module] = exists ? new PEReader(File.OpenRead(path!)) : null;
        }
        return reader?.GetMetadataReader();
    }

    public void Dispose()
    {
        foreach (var reader in open.Values)
            reader?.Dispose();
    }
}
