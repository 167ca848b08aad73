using Thaw.Environments.Functions;

namespace Thaw.Environments.Runtimes;

/// <summary>The entry point of an OS-only runtime: the first <c>bootstrap</c> of the code, then of the layers; spec: ENV-117.</summary>
internal static class Bootstrap
{
    // /var/runtime comes first in AWS; for provided.* it is empty.
    public static RuntimeCommand Find(FunctionFiles files)
    {
        string[] places = [Path.Combine(files.TaskRoot, "bootstrap"), Path.Combine(files.Opt, "bootstrap")];
        var found = files.HasFile("/var/task/bootstrap") ? places[0] : files.HasFile("/opt/bootstrap") ? places[1] : null;
        return new RuntimeCommand(
            found,
            Arguments: found is null ? places : [],
            RuntimeDirectory: "/var/runtime",
            LanguageBin: "/var/lang/bin",
            ManagedName: null,
            SearchPaths: _ => []);
    }
}
