using Thaw.Linux;

namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>
/// The memory of one process, which we bring back ourselves, from outside. CRIU reads it into the process, which
/// takes a page fault for each page; so a process takes them only for the pages that it then uses.
/// </summary>
/// <param name="Process">As it is called inside.</param>
/// <param name="File">Where its pages lie, beside CRIU's images.</param>
/// <param name="Runs">Which they are, in the order of the file.</param>
internal sealed record ProcessMemory(int Process, string File, IReadOnlyList<PageRun> Runs)
{
    private const int PieceBytes = 256 * PageRun.PageBytes;

    /// <summary>The memory of all processes in CRIU's images, which leave it to us from now on.</summary>
    /// <exception cref="FormatException">CRIU has written something else than it did.</exception>
    internal static IReadOnlyList<ProcessMemory> TakeFrom(string images)
    {
        var family = new Family(images, FrozenProcess.AllIn(images));
        return [.. family.Processes
            .Where(process => PageMap.Exists(images, process))
            .Select(process => PageMap.TakeFrom(images, process, family.AreasOf(process)))];
    }

    /// <summary>Into a process that stands still, and has its areas, and nothing in them.</summary>
    /// <param name="pid">As the machine calls it.</param>
    /// <exception cref="LinuxException">It is gone, or has no room.</exception>
    /// <exception cref="IOException">The file is not as it was written, or the process dies meanwhile.</exception>
    /// <exception cref="OperationCanceledException">It is to end.</exception>
    internal unsafe void BringBack(string images, int pid, CancellationToken stop)
    {
        if (Runs.Count == 0)
            return;
        using var pages = MappedFile.Open(Path.Combine(images, File));
        using var memory = new ForeignMemory(pid);
        foreach (var run in Runs)
        {
            if (run.Offset + run.Bytes > pages.Length)
                throw new EndOfStreamException($"{File} ends in the middle of a process");
            for (var done = 0L; done < run.Bytes;)
            {
                stop.ThrowIfCancellationRequested();
                var count = Math.Min(PieceBytes, run.Bytes - done);
                var written = memory.Write(run.Address + (ulong)done, pages.At(run.Offset + done), count);
                done += written > 0 ? written : throw new EndOfStreamException($"process {Process} has died");
            }
        }
    }
}
