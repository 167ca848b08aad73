using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Snapshots.Connections;
using Thaw.Sandboxing.Snapshots.Memory;
using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Writes a sandbox down.
/// <code>
///   dump --> everybody stands still --> network-lock: our ends of connections, nothing may be on its way
///        --> memory, files, sockets --> post-dump:    /tmp
///        --> everybody goes on      --> memory that CRIU leaves to us, digests, manifest
/// </code>
/// </summary>
/// <param name="folder">Not finished yet; it exists.</param>
internal sealed class Dump(
    Premises premises,
    AgentLink link,
    int agent,
    string folder,
    Func<IReadOnlyList<OutsideConnection>> connections,
    SnapshotterOptions options)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1), Glance = TimeSpan.FromMilliseconds(1);

    private Exception? refusal;
    private LinkState? state;
    private TcpEnd? control;
    private Manifest.Connection[] ends = [];

    /// <exception cref="SnapshotRefusedException">It cannot be done.</exception>
    /// <exception cref="SandboxException">CRIU has died.</exception>
    internal async Task<Manifest> RunAsync(CriuWorker worker, string key, Circumstances here, CancellationToken stop)
    {
        RefuseWhatIsTooLarge();
        var images = Path.Combine(folder, Manifest.Images);
        Directory.CreateDirectory(images);
        var mounts = MountTable.PlacesOf(agent);
        using var into = Scratch.Folder(images);
        using var work = worker.Scratch.Open();
        var request = CriuRequest.Dump(into, work, agent, mounts.Select((place, i) => $"mnt[{place}]:{External(i)}"));
        var answer = await worker.AskAsync(request, (place, _) => NotifiedAsync(place), stop).ConfigureAwait(false);
        worker.Scratch.Remember();
        if (refusal is not null)
            throw Refusal(refusal);
        if (!answer.Success)
            throw new SnapshotRefusedException($"CRIU cannot take it: {worker.LastWords(answer)}");
        return new()
        {
            Key = key,
            Taken = options.Time.GetUtcNow(),
            Circumstances = here,
            FirstUser = premises.Users.First,
            Mounts = mounts,
            TemporaryMegabytes = premises.TemporaryFile?.Megabytes ?? 0,
            Address = premises.WayOut?.Address.ToString(),
            Memory = TakeMemory(images),
            Link = state!,
            Control = control!,
            Connections = ends,
            Files = ImageFile.AllIn(folder),
        };
    }

    /// <summary>What a mount is called in the images, by its place in the manifest.</summary>
    internal static string External(int index) => string.Create(CultureInfo.InvariantCulture, $"m{index}");

    private static IReadOnlyList<ProcessMemory> TakeMemory(string images)
    {
        try
        {
            return ProcessMemory.TakeFrom(images);
        }
        catch (FormatException surprise)
        {
            throw new SnapshotRefusedException(surprise.Message, surprise);
        }
    }

    // Before the first byte: memory that processes share since one forked another is written once for each.
    private void RefuseWhatIsTooLarge()
    {
        const long Megabyte = 1024 * 1024;
        var bytes = TemporaryBytes() + ProcessTree.DescendantsOf(agent).Append(agent).Sum(ProcFile.ReadAnonymousMemory);
        if (bytes > options.MostBytes)
        {
            throw new SnapshotRefusedException(
                $"its processes and /tmp hold {bytes / Megabyte} MB, and snapshots may have {options.MostBytes / Megabyte} MB "
                + "(fix: --snapshots-mb allows more)");
        }

        if (bytes > Room.On(folder))
            throw new SnapshotRefusedException($"there is no room for {bytes / Megabyte} MB on the disk of {folder}") { IsFull = true };
    }

    private long TemporaryBytes()
    {
        if (premises.TemporaryFile is null)
            return premises.HasTemporaryFolder ? Snapshot.BytesBelow(premises.Options.TemporaryFolder) : 0;
        var tmp = new DriveInfo(PathOfTmp());
        return tmp.TotalSize - tmp.TotalFreeSpace;
    }

    private string PathOfTmp() => Path.Combine(string.Create(CultureInfo.InvariantCulture, $"/proc/{agent}"), "root", "tmp");

    private static SnapshotRefusedException Refusal(Exception reason) => reason as SnapshotRefusedException
        ?? new SnapshotRefusedException(reason.Message.TrimEnd('.'), reason);

    private async Task<bool> NotifiedAsync(string place)
    {
        try
        {
            if (place == "network-lock")
                await Task.Run(HoldConnectionsAsync).ConfigureAwait(false);
            else if (place == "post-dump")
                await Task.Run(CopyTemporary).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, everybody inside goes on only when CRIU hears of it.
        catch (Exception reason)
#pragma warning restore CA1031
        {
            refusal = reason;
            return false;
        }
    }

    private async Task HoldConnectionsAsync()
    {
        for (var waited = TimeSpan.Zero; (state = link.Settled(TcpRepair.BytesReceived(link.Socket))) is null; waited += Glance)
        {
            if (waited > Settling)
                throw new SnapshotRefusedException("output or an answer of its processes is still on its way") { IsBusy = true };
            await Task.Delay(Glance).ConfigureAwait(false);
        }

        if (state.Processes.Where(each => !each.HasExited).CountBy(each => each.Label).FirstOrDefault(each => each.Value > 1) is
            { Value: > 1, Key: var label })
        {
            throw new SnapshotRefusedException($"two of its processes are called {label}");
        }

        control = TcpRepair.Read(link.Socket);
        ends = [.. connections().Select(each => new Manifest.Connection(TcpRepair.Read(each.Socket), each.Request))];
        RefuseOthers();
    }

    // Nobody would be at our end of them in a clone.
    private void RefuseOthers()
    {
        var known = ends.Select(each => each.End).Append(control!).SelectMany(end => ((ushort, ushort)[])
            [(end.LocalPort, end.PeerPort), (end.PeerPort, end.LocalPort)]).ToHashSet();
        foreach (var other in SocketTable.OpenConnections(agent))
        {
            if (other.User != 0 || known.Contains((other.LocalPort, other.PeerPort)))
                continue;
            var busy = other.LocalPort == NamespaceSandbox.Api.Port;
            var reason = busy
                ? "a process has just connected to the API"
                : $"a connection from outside to its port {other.PeerPort} is open (telemetry, perhaps)";
            throw new SnapshotRefusedException(reason) { IsBusy = busy };
        }
    }

    private void CopyTemporary()
    {
        if (premises.TemporaryFile is { } file)
        {
            // A clone takes any file system that nothing is in.
            if (!Directory.EnumerateFileSystemEntries(PathOfTmp()).Any())
                return;

            // What is only cached is not in the file yet.
            using (var tmp = Scratch.Folder(PathOfTmp()))
                LinuxException.ThrowIfFailed(Syscalls.syncfs(tmp.Number), "syncfs /tmp");
            file.SaveAs(Path.Combine(folder, Manifest.TemporaryImage));
        }
        else if (premises.HasTemporaryFolder)
        {
            FolderCopy.Make(premises.Options.TemporaryFolder, Path.Combine(folder, Manifest.TemporaryFolder));
        }
        else
        {
            throw new SnapshotRefusedException("its /tmp lies in memory");
        }
    }
}
