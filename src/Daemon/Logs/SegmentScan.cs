using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Thaw.Daemon.Logs;

/// <summary>Goes through the entries of one segment, from where one begins to where the last one ended.</summary>
internal sealed class SegmentScan : IDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly SafeFileHandle file;
    private readonly long length;
    private byte[] block;
    private int begin, size, end;    // Of the current entry, and of what has been read, within the block.
    private long blockAt;

    /// <param name="from">Where to begin, and</param>
    /// <param name="length">where to end, from the segment's beginning.</param>
    /// <exception cref="IOException">It is gone, or cannot be read.</exception>
    public SegmentScan(Segment segment, long from, long length)
    {
        (this.length, blockAt) = (length, from);
        file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        block = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length - from, 1, BlockBytes));
    }

    public StoredEntry Current => new(block.AsSpan(begin, size));

    /// <summary>Where the current entry begins, from the segment's beginning.</summary>
    public long Offset => blockAt + begin;

    /// <summary>Where the next one begins: behind the last whole entry, when there is none.</summary>
    public long Next => Offset + size;

    /// <summary>False at the end, and where an entry is torn.</summary>
    public bool MoveNext()
    {
        begin += size;
        size = 0;
        var needed = StoredEntry.SizeAt(block.AsSpan(begin, end - begin));
        if (needed == 0 && Fill(StoredEntry.HeaderBytes))
            needed = StoredEntry.SizeAt(block.AsSpan(begin, end - begin));
        if (needed <= 0 || (needed > end - begin && !Fill(needed)))
            return false;
        size = needed;
        return true;
    }

    public void Dispose()
    {
        file.Dispose();
        ArrayPool<byte>.Shared.Return(block);
        block = [];
    }

    // Brings what is not read yet to the front, and reads on until so many bytes are there.
    private bool Fill(int needed)
    {
        var held = block.AsSpan(begin, end - begin);
        if (needed <= block.Length)
        {
            held.CopyTo(block);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(needed);
            held.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(block);
            block = larger;
        }

        blockAt += begin;
        (begin, end) = (0, end - begin);
        while (end < needed)
        {
            var left = Math.Min(block.Length - end, length - blockAt - end);
            var read = left <= 0 ? 0 : RandomAccess.Read(file, block.AsSpan(end, (int)left), blockAt + end);
            if (read == 0)
                return false;
            end += read;
        }

        return true;
    }
}
