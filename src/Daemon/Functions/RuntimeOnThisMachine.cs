using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;

namespace Thaw.Daemon.Functions;

/// <summary>How the runtime of a function starts on this machine, wherever the function came from.</summary>
internal static class RuntimeOnThisMachine
{
    /// <param name="notice">Hears one line when the program is not quite the one asked for.</param>
    /// <exception cref="UnusableFunctionException">This machine cannot run it.</exception>
    public static RuntimeCommand Find(RuntimeCatalog catalog, string runtime, FunctionFiles files, Action<string> notice)
    {
        switch (catalog.Resolve(runtime, files))
        {
            case RuntimeResolution.Found found:
                if (found.Notice is { } text)
                    notice(text);
                return found.Command;
            case RuntimeResolution.Unavailable unavailable:
                throw new UnusableFunctionException(unavailable.Fix);
            case var other:
                throw new InvalidOperationException($"An unknown resolution: {other}");
        }
    }
}
