using System.Buffers;
using Thaw.Linux;

namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>
/// The memory of one process, which we bring back ourselves: through the kernel's own view of it, /proc/PID/mem. CRIU reads it into the
/// process, which takes a page fault for each page; so a process takes them only for the pages that it then uses.
/// </summary>
/// <param name="Process">As it is called inside.</param>
/// <param name="File">Where its pages lie, beside CRIU's images.</param>
/// <param name="Runs">Which they are, in the order of the file.</param>
internal sealed record ProcessMemory(int Process, string File, IReadOnlyList<PageRun> Runs)
{
    private const int PieceBytes = 64 * PageRun.PageBytes;

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
        using var from = System.IO.File.OpenHandle(Path.Combine(images, File));
        var path = ProcFile.Path(pid, "mem");
        using var into = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.open(path, Syscalls.O_WRONLY | Syscalls.O_CLOEXEC), $"open {path}"));
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            // Runs are mostly neighbours in the file: what was read for one has the next, too.
            var (start, end) = (0L, 0L);
            foreach (var run in Runs)
            {
                for (var at = run.Offset; at < run.Offset + run.Bytes;)
                {
                    stop.ThrowIfCancellationRequested();
                    if (at < start || at >= end)
                        (start, end) = (at, at + RandomAccess.Read(from, piece.AsSpan(0, PieceBytes), at));
                    var count = (int)(Math.Min(end, run.Offset + run.Bytes) - at);
                    if (count <= 0)
                        throw new EndOfStreamException($"{File} ends in the middle of a process");
                    fixed (byte* bytes = &piece[at - start])
                    {
                        var written = LinuxException.ThrowIfFailed(
                            (int)Syscalls.pwrite(into.Number, bytes, (nuint)count, (long)run.Address + at - run.Offset), $"write {path}");

                        // The memory of the dead takes nothing.
                        at += written > 0 ? written : throw new EndOfStreamException($"process {Process} has died");
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
