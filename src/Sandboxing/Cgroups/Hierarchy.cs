using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// One tree of groups, and the folder in it below which ours are:
/// <code>
///   base/thaw/OWNER-START-NAME
/// </code>
/// The base is a group that the daemon may divide: its own, or one above that. So what limits the daemon limits its sandboxes, too.
/// </summary>
internal abstract class Hierarchy(string baseFolder, IReadOnlyList<Controller> controllers)
{
    private const string ParentName = "thaw";
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
    public IEnumerable<GroupName> Groups()
    {
        try
        {
            return [.. Directory.GetDirectories(Parent).Select(folder => GroupName.Parse(Path.GetFileName(folder))).OfType<GroupName>()];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
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

    /// <summary>What the dead have left beside their groups.</summary>
    public virtual void Tidy()
    {
    }

    protected virtual void Prepare() => MakeFolder(Parent);

    protected virtual void Undo()
    {
    }

    protected static void MakeFolder(string folder)
    {
        if (TryMakeFolder(folder) is not (0 or Errno.EEXIST) and var error)
            throw new SandboxException($"The kernel does not make the group {folder}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static int TryMakeFolder(string folder) => Syscalls.mkdir(folder, Mode) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
