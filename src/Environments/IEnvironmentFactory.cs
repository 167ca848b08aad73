using Thaw.Sandboxing;

namespace Thaw.Environments;

/// <summary>Makes environments; nothing of the function runs in them yet.</summary>
public interface IEnvironmentFactory
{
    /// <exception cref="SandboxException">There can be no sandbox here and now.</exception>
    Task<IEnvironment> CreateAsync(EnvironmentPlan plan);
}
