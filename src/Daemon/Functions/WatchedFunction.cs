using Thaw.Environments;
using Thaw.Environments.Runtimes;

namespace Thaw.Daemon.Functions;

/// <summary>
/// A function in a folder that its owner may edit at any moment. The folder is looked through before an invocation, but not more
/// often than is worth while; after a change the function is read anew, and the next invocation runs in a new environment.
/// </summary>
internal sealed class WatchedFunction(string folder, string workFolder, RuntimeCatalog runtimes, TimeProvider time, Action<string> notice)
{
    /// <summary>How long a look holds, at least.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    /// <summary>Looking takes one part in this of the time: a folder of thousands of files costs no more than a small one.</summary>
    private const int RestPerLook = 20;

    private readonly Lock oneAtATime = new();
    private FunctionState? state;
    private IReadOnlyList<string> sources = [folder];
    private long stamp, revision, lookedAt;
    private TimeSpan rest;

    public FunctionState State()
    {
        lock (oneAtATime)
        {
            if (state is null || time.GetElapsedTime(lookedAt) >= rest)
                Look();
            return state!;
        }
    }

    private void Look()
    {
        var began = time.GetTimestamp();
        if (!File.Exists(Path.Combine(folder, FunctionFolders.Description)))
        {
            state = new FunctionState.Unknown();
        }
        else if (FolderStamp.Of(sources) is var now && (now != stamp || state is null or FunctionState.Unknown))
        {
            Read();
            stamp = FolderStamp.Of(sources);
        }

        lookedAt = time.GetTimestamp();
        var took = time.GetElapsedTime(began, lookedAt);
        rest = took * RestPerLook > Rest ? took * RestPerLook : Rest;
    }

    private void Read()
    {
        revision++;
        try
        {
            // Environments of the last revision may still use what was unpacked for it.
            var work = Path.Combine(workFolder, revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var function = FunctionFolder.Load(new FunctionRequest { Path = folder }, work);
            sources = function.Sources;
            state = new FunctionState.Ready(new EnvironmentPlan
            {
                Function = function.Configuration,
                Files = function.Files,
                Runtime = function.FindRuntime(runtimes, notice),
                Revision = revision,
            });
        }
        catch (UnusableFunctionException unusable)
        {
            sources = [folder];
            state = new FunctionState.Unusable(unusable.Message);
        }
    }
}
