using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Snapshots.Connections;
using Thaw.Sandboxing.Snapshots.Memory;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// What the files of a snapshot do not say themselves.
/// <code>
///   FOLDER/manifest.json   this
///          criu/           the images of CRIU
///          tmp.img         /tmp, as a file system with something in it, or
///          tmp/            /tmp, where it was a folder
/// </code>
/// </summary>
internal sealed record Manifest
{
    internal const string FileName = "manifest.json", Images = "criu", TemporaryImage = "tmp.img", TemporaryFolder = "tmp";

    /// <summary>Of the form of all this; another one cannot be read.</summary>
    internal const int Format = 2;

    internal required string Key { get; init; }

    internal required DateTimeOffset Taken { get; init; }

    internal required Circumstances Circumstances { get; init; }

    /// <summary>The first of the user ids, as the machine counts.</summary>
    internal required uint FirstUser { get; init; }

    /// <summary>What was mounted, beside the root and /proc: the places, outer ones first.</summary>
    internal required IReadOnlyList<string> Mounts { get; init; }

    /// <summary>The size of the file system that was /tmp; 0 where it was a folder.</summary>
    internal required int TemporaryMegabytes { get; init; }

    /// <summary>The address on the way out; null where there was none.</summary>
    internal required string? Address { get; init; }

    /// <summary>What CRIU does not bring back.</summary>
    internal required IReadOnlyList<ProcessMemory> Memory { get; init; }

    internal required LinkState Link { get; init; }

    /// <summary>Our end of the control link.</summary>
    internal required TcpEnd Control { get; init; }

    internal required IReadOnlyList<Connection> Connections { get; init; }

    /// <summary>False when it was changed after it was written.</summary>
    internal bool IsAsWritten { get; init; } = true;

    /// <summary>All other files.</summary>
    internal required IReadOnlyList<ImageFile> Files { get; init; }

    /// <summary>One to the API.</summary>
    internal sealed record Connection(TcpEnd End, ReadOnlyMemory<byte> Request);
}
