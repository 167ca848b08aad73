using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.LayerResources;

/// <summary>Which versions of layers a caller wants to see. One that names no runtimes is compatible with none.</summary>
internal sealed record LayerFilter(string? Runtime, string? Architecture)
{
    public static LayerFilter Of(ServiceCall call)
    {
        var (runtime, architecture) = (call.Query("CompatibleRuntime"), call.Query("CompatibleArchitecture"));
        if (runtime is not null && !Runtimes.Known.Contains(runtime))
            call.Violations.Add(runtime, "compatibleRuntime", $"Member must satisfy enum value set: [{string.Join(", ", Runtimes.Known)}]");
        if (architecture is not (null or "x86_64" or "arm64"))
            call.Violations.Add(architecture, "compatibleArchitecture", "Member must satisfy enum value set: [x86_64, arm64]");
        return new(runtime, architecture);
    }

    public bool Matches(LayerVersionRecord version) =>
        (Runtime is null || version.CompatibleRuntimes.Contains(Runtime))
        && (Architecture is null || version.CompatibleArchitectures.Contains(Architecture));
}
