namespace Thaw.Sandboxing.Cgroups;

/// <summary>Stops all processes of a group where they are, and lets them go on.</summary>
internal abstract class Freezer : IDisposable
{
    /// <summary>Stops them; completes when all stand still, or when <see cref="Thaw"/> was called. What was asked last holds.</summary>
    /// <exception cref="SandboxException">The kernel refuses.</exception>
    public abstract ValueTask FreezeAsync();

    /// <exception cref="SandboxException">The kernel refuses.</exception>
    public abstract void Thaw();

    public abstract void Dispose();
}
