using Thaw.Linux;

namespace Thaw.Sandboxing.Snapshots.Rpc;

/// <summary>What CRIU is asked; the numbers are those of its rpc.proto.</summary>
internal static class CriuRequest
{
    private const uint Type = 1, Options = 2, NotifySuccess = 3, KeepOpen = 4;

    private const uint
        ImagesFolder = 1, Pid = 2, LeaveRunning = 3, TcpEstablished = 5, FileLocks = 8, LogLevel = 9, LogFile = 10, NotifyScripts = 12,
        Root = 13, WorkFolder = 17, LinkRemap = 18, ForceIrmap = 21, RestoreAsSibling = 26, ManageCgroups = 34, GhostLimit = 35,
        External = 37, EmptyNamespaces = 38, NetworkLock = 64;

    private const ulong Ignore = 0, Skip = 3, ErrorsAndWarnings = 2;

    /// <summary>Deleted files that are still open are kept in the image up to that size each, in bytes.</summary>
    private const ulong LargestGhost = 64 * 1024 * 1024;

    /// <summary>The file in the working folder that is told what happens.</summary>
    internal const string Log = "log";

    private enum RequestType : ulong
    {
        Dump = 1,
        Restore = 2,
        Notify = 6,
        Version = 10,
    }

    /// <summary>Who it is. It waits for another request afterwards.</summary>
    internal static ReadOnlyMemory<byte> Version() => Request(RequestType.Version).Flag(KeepOpen).Bytes;

    /// <summary>What was to be done at a notification has been done, or has not.</summary>
    internal static ReadOnlyMemory<byte> Notified(bool success) =>
        Request(RequestType.Notify).Number(NotifySuccess, success ? 1ul : 0).Bytes;

    /// <param name="images">Our descriptor of the folder to write to.</param>
    /// <param name="work">Our descriptor of a folder for its log.</param>
    /// <param name="pid">The first of the processes.</param>
    /// <param name="external">What is not of theirs alone.</param>
    internal static ReadOnlyMemory<byte> Dump(FileDescriptor images, FileDescriptor work, int pid, IEnumerable<string> external) =>
        Request(RequestType.Dump).Message(Options, Common(images, work, external)
            .Number(Pid, (ulong)pid)
            .Flag(LeaveRunning)
            .Flag(LinkRemap)
            .Flag(ForceIrmap)
            .Number(GhostLimit, LargestGhost)).Bytes;

    /// <param name="images">Our descriptor of the folder to read from.</param>
    /// <param name="work">Our descriptor of a folder for its log.</param>
    /// <param name="root">What becomes the root, as CRIU sees it.</param>
    /// <param name="external">What takes the place of what was not theirs alone.</param>
    internal static ReadOnlyMemory<byte> Restore(FileDescriptor images, FileDescriptor work, string root, IEnumerable<string> external) =>
        Request(RequestType.Restore).Message(Options, Common(images, work, external)
            .Text(Root, root)
            .Flag(RestoreAsSibling)).Bytes;

    private static WireWriter Request(RequestType type) => new WireWriter().Number(Type, (ulong)type);

    private static WireWriter Common(FileDescriptor images, FileDescriptor work, IEnumerable<string> external)
    {
        var options = new WireWriter()
            .Number(ImagesFolder, (ulong)images.Number)
            .Number(WorkFolder, (ulong)work.Number)
            .Flag(TcpEstablished)
            .Flag(FileLocks)
            .Number(LogLevel, ErrorsAndWarnings)
            .Text(LogFile, Log)
            .Flag(NotifyScripts)
            .Number(ManageCgroups, Ignore)
            .Number(EmptyNamespaces, Syscalls.CLONE_NEWNET)
            .Number(NetworkLock, Skip);
        foreach (var one in external)
            options.Text(External, one);
        return options;
    }
}
