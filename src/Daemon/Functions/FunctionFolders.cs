using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Environments.Runtimes;
using Thaw.Store.Archive;

namespace Thaw.Daemon.Functions;

/// <summary>The functions in a folder: each sub-folder with a <c>thaw.json</c> is one, and is named like the folder.</summary>
internal sealed class FunctionFolders(string folder, string workFolder, RuntimeCatalog runtimes, TimeProvider time, Action<string> notice)
    : IFunctions
{
    private readonly ConcurrentDictionary<string, WatchedFunction> known = new();

    /// <summary>Of functions that name none themselves.</summary>
    public Dialect Dialect { get; init; } = Dialects.Newest;

    /// <summary>Where images lie unpacked, also after a restart.</summary>
    public CodeArchive? Images { get; init; }

    /// <summary>Names of the functions that are there now, usable or not, in order.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(folder)
        ? [.. new DirectoryInfo(folder).EnumerateDirectories().Where(IsFunction).Select(path => path.Name).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>A folder has neither versions nor aliases.</summary>
    public ValueTask<FunctionState> FindAsync(string name, string? qualifier)
    {
        // A bare name leads nowhere else. Names without a folder are not kept: a stranger could think of many.
        if (!FunctionName.IsBareName(name) || qualifier is not (null or FunctionConfiguration.Latest))
            return new(new FunctionState.Unknown());
        return known.TryGetValue(name, out var function) ? function.StateAsync() : FindNewAsync(name);
    }

    /// <summary>Whether there is one of that name now, usable or not.</summary>
    public bool Has(string name) => FunctionName.IsBareName(name) && IsFunction(PathOf(name));

    /// <summary>Where one lies, or would lie.</summary>
    public string PathOf(string name) => Path.GetFullPath(Path.Combine(folder, name));

    private ValueTask<FunctionState> FindNewAsync(string name)
    {
        var path = Path.Combine(folder, name);
        return IsFunction(path) ? known.GetOrAdd(name, _ => Watch(name, path)).StateAsync() : new(new FunctionState.Unknown());
    }

    private static bool IsFunction(DirectoryInfo path) => IsFunction(path.FullName);

    private static bool IsFunction(string path) => File.Exists(Path.Combine(path, FunctionDescription.FileName));

    private WatchedFunction Watch(string name, string path) =>
        new(path, Path.Combine(workFolder, name), runtimes, time, notice) { Dialect = Dialect, Images = Images };
}
