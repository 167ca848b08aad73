using System.Globalization;
using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Runtimes;
using Thaw.Store.Archive;

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

    // No descriptor left, to this process or to the machine.
    private const int EMFILE = 24, ENFILE = 23;

    private readonly Lock oneAtATime = new();
    private FunctionState? state;
    private Task<FunctionState>? looking;
    private IReadOnlyList<string> sources = [folder];
    private long stamp, revision, lookedAt;
    private TimeSpan rest;

    /// <summary>Unless it names one itself.</summary>
    public Dialect Dialect { get; init; } = Dialects.Newest;

    /// <summary>Where images lie unpacked, also after a restart; null for below its own folder.</summary>
    public CodeArchive? Images { get; init; }

    /// <summary>How it stands now. Who asks while somebody looks waits for what that one sees.</summary>
    public ValueTask<FunctionState> StateAsync()
    {
        lock (oneAtATime)
        {
            if (state is not null && looking is null && time.GetElapsedTime(lookedAt) < rest)
                return new(state);

            // Files block, and the caller may be on a thread that serves sockets.
            return new(looking ??= Task.Run(Look));
        }
    }

    private FunctionState Look()
    {
        var began = time.GetTimestamp();
        var seen = See();
        lock (oneAtATime)
        {
            // After an edit comes the next one; what it took to read it says nothing of what a look takes.
            var isRead = seen is FunctionState.Ready && seen != state;
            (state, looking, lookedAt) = (seen, null, time.GetTimestamp());
            var took = isRead ? TimeSpan.Zero : time.GetElapsedTime(began, lookedAt);
            rest = took * RestPerLook > Rest ? took * RestPerLook : Rest;
        }

        return seen;
    }

    private FunctionState See()
    {
        try
        {
            if (!File.Exists(Path.Combine(folder, FunctionDescription.FileName)))
                return new FunctionState.Unknown();
            return state is FunctionState.Ready && FolderStamp.Of(sources) == stamp ? state : Read();
        }
        catch (IOException failure) when (failure.HResult is EMFILE or ENFILE && state is FunctionState.Ready)
        {
            // The machine's trouble, or the daemon's: it says nothing of the function, whose environments must not end for it.
            return state;
        }
#pragma warning disable CA1031 // Whatever it is, it is this function's, and only until it is mended.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            // A mistake of its owner, or the owner is moving it at this very moment. It is read again at each look, because what it lacks
            // may appear anywhere: a layer elsewhere, a runtime on this machine.
            return new FunctionState.Unusable(failure.Message);
        }
    }

    private FunctionState.Ready Read()
    {
        // Environments of the last revision may still use what was unpacked for it. Here may lie the half of an attempt.
        var next = revision + 1;
        var work = Path.Combine(workFolder, next.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(work))
            Directory.Delete(work, recursive: true);

        // Who edits while we read is seen by the next look: the stamp is older than what was read. New layers are stamped from now on.
        var before = FolderStamp.Of(sources);
        var function = FunctionFolder.Load(new FunctionRequest { Path = folder, UsualDialect = Dialect }, work, Images);

        // Says that it is in use: see CodeArchive.RemoveUnused.
        if (function.Image is { } image)
            Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(image.Root)!, time.GetUtcNow().UtcDateTime);
        var ready = new FunctionState.Ready(new EnvironmentPlan
        {
            Function = function.Configuration,
            Files = function.Files,
            Image = function.Image,
            Runtime = function.FindRuntime(runtimes, notice),
            Revision = next,
        });
        stamp = function.Sources.SequenceEqual(sources) ? before : FolderStamp.Of(function.Sources);
        (sources, revision) = (function.Sources, next);
        return ready;
    }
}
