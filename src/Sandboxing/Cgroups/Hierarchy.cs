using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// One tree of groups, and the folder in it below which ours are:
/// <code>
///   base/thaw/OWNER-START-NAMESPACE-NAME
/// </code>
/// The base is a group that the daemon may divide: its own, or one above that. What limits the memory or the processors of the daemon
/// limits its sandboxes, too.
/// </summary>
/// <param name="root">Where the hierarchy is mounted.</param>
internal abstract class Hierarchy(string root, string baseFolder, IReadOnlyList<Controller> controllers)
{
    private const string ParentName = "thaw";

    /// <summary>Of groups that a sweep looks at; machines have some hundred.</summary>
    private const int MostFolders = 100_000;

    private const uint Mode = 0x1ED;    // rwxr-xr-x

    private readonly Lock gate = new();
    private bool isPrepared;

    public string Base => baseFolder;

    /// <summary>Which of its controllers our groups have.</summary>
    public IReadOnlyList<Controller> Controllers { get; protected set; } = controllers;

    public abstract bool IsUnified { get; }

    protected string Parent { get; } = Path.Combine(baseFolder, ParentName);

    /// <summary>Returns the folder of a new group.</summary>
    /// <exception cref="SandboxException">The kernel does not make it.</exception>
    public string Make(GroupName name)
    {
        lock (gate)
        {
            if (!isPrepared)
                Prepare();
            isPrepared = true;
            var folder = FolderOf(name);

            // Another daemon that ends may just have taken the parent away, empty as it was.
            if (TryMakeFolder(folder) == Errno.ENOENT)
                Prepare();
            MakeFolder(folder);
            return folder;
        }
    }

    public string FolderOf(GroupName name) => Path.Combine(Parent, name.ToString());

    /// <summary>All groups below the parent, whosever they are.</summary>
    public IEnumerable<GroupName> Groups() => FoldersIn(Parent).Select(NameOf).OfType<GroupName>();

    /// <summary>
    /// The folders of groups whose daemon is dead, by their names: it may have been in any group, and its base was there. What it has left
    /// beside them is gone on return, as far as nobody is in it.
    /// </summary>
    public IReadOnlyDictionary<GroupName, string> Abandoned()
    {
        var found = new Dictionary<GroupName, string>();
        var unseen = new Stack<string>([root]);
        for (var seen = 0; seen < MostFolders && unseen.TryPop(out var folder); seen++)
        {
            if (Path.GetFileName(folder) == ParentName)
            {
                // Those of another user are another daemon's to sweep.
                foreach (var group in FoldersIn(folder).Where(group => NameOf(group) is { OwnerIsDead: true } && IsOurs(group)))
                    found.TryAdd(NameOf(group)!.Value, group);
            }
            else if (!TidyAway(folder))
            {
                foreach (var below in FoldersIn(folder))
                    unseen.Push(below);
            }
        }

        return found;
    }

    /// <summary>Takes the parent away, if nobody has groups there any more, and whatever else was done for it.</summary>
    public void Close()
    {
        lock (gate)
        {
            isPrepared = false;
            if (Syscalls.rmdir(Parent) == 0)
                Undo();
        }
    }

    /// <summary>Takes the parent of a group that was removed away, if it was the last one there.</summary>
    public void TidyParent(string group)
    {
        if (Path.GetDirectoryName(group) is { } parent && parent != Parent)
            _ = Syscalls.rmdir(parent);
    }

    /// <summary>Removes a folder that the dead have left and nobody needs; false when it is none.</summary>
    protected virtual bool TidyAway(string folder) => false;

    protected virtual void Prepare() => MakeFolder(Parent);

    protected virtual void Undo()
    {
    }

    protected static void MakeFolder(string folder)
    {
        if (TryMakeFolder(folder) is not (0 or Errno.EEXIST) and var error)
            throw new SandboxException($"The kernel does not make the group {folder}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static bool IsOurs(string group) => Syscalls.access(group, Syscalls.W_OK) == 0;

    private static GroupName? NameOf(string folder) => GroupName.Parse(Path.GetFileName(folder));

    private static string[] FoldersIn(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static int TryMakeFolder(string folder) => Syscalls.mkdir(folder, Mode) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
