using Thaw.Contracts;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;

namespace Thaw.Daemon.Doctor;

/// <summary>Which program each runtime identifier comes to here.</summary>
public sealed class RuntimesCheck(IReadOnlyDictionary<RuntimeIdentifier, string>? programs) : ICheck
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        [RuntimeIdentifier.Nodejs] = "nodejs",
        [RuntimeIdentifier.Python] = "python3",
        [RuntimeIdentifier.Dotnet] = "dotnet-runtime-10.0",
    };

    // Managed ones do not look at it.
    private static readonly FunctionFiles NoFiles = new("/", "/");

    public IEnumerable<Finding> Look()
    {
        var catalog = RuntimeCatalog.OfThisMachine(programs);
        return Runtimes.Current
            .Select(name => (name, Identifier: RuntimeIdentifier.Parse(name)))
            .Where(runtime => runtime.Identifier is not null)
            .Select(runtime => Found(runtime.name, runtime.Identifier!.Language, catalog.Resolve(runtime.name, NoFiles)));
    }

    private static Finding Found(string name, string language, RuntimeResolution resolution) => resolution switch
    {
        RuntimeResolution.Found { Notice: { } notice } => new(name, Verdict.Warn, notice, $"install it, or set THAW_PROGRAMS={name}=PATH"),
        RuntimeResolution.Found found => Finding.Pass(
            name, $"{Path.Combine(found.Command.LanguageBin, Path.GetFileName(found.Command.Path!))}, {found.Command.Release?.Version}"),
        _ => Finding.Missing(name, Verdict.Warn, "no program on this machine runs it", Packages[language]),
    };
}
