using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Thaw.Daemon.Logs;

/// <summary>Goes through the events of one segment, from where an entry begins to where the last one ended.</summary>
internal sealed class SegmentScan : IDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly SafeFileHandle file;
    private readonly long length;
    private byte[] block;
    private int begin, size, end;    // Of the current entry, and of what has been read, within the block.
    private int from, to;            // Of the current event, within the entry: a run has several.
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

    /// <summary>The event, with the numbers of its entry.</summary>
    public StoredEntry Current
    {
        get
        {
            var entry = block.AsSpan(begin, size);
            return new(entry[..StoredEntry.HeaderBytes], entry[Math.Max(from, StoredEntry.HeaderBytes)..to]);
        }
    }

    /// <summary>Where the current event begins, from the segment's beginning: the first of an entry where the entry does.</summary>
    public long Offset => Entry + from;

    /// <summary>Where the entry begins that it is in.</summary>
    public long Entry => blockAt + begin;

    /// <summary>Where the next event begins: behind the last whole entry, when there is none.</summary>
    public long Next => Entry + to;

    /// <summary>False at the end, and where an entry is torn.</summary>
    public bool MoveNext()
    {
        if (to == size && !MoveToEntry())
            return false;
        from = to;
        to = EndOfEvent();
        return true;
    }

    public void Dispose()
    {
        file.Dispose();
        ArrayPool<byte>.Shared.Return(block);
        block = [];
    }

    private int EndOfEvent()
    {
        var entry = block.AsSpan(begin, size);
        if (!new StoredEntry(entry, []).IsRun)
            return size;
        var text = Math.Max(from, StoredEntry.HeaderBytes);
        var newline = entry[text..].IndexOf((byte)'\n');
        return newline < 0 ? size : text + newline + 1;
    }

    private bool MoveToEntry()
    {
        begin += size;
        size = from = to = 0;
        var needed = StoredEntry.SizeAt(block.AsSpan(begin, end - begin));
        if (needed == 0 && Fill(StoredEntry.HeaderBytes))
            needed = StoredEntry.SizeAt(block.AsSpan(begin, end - begin));
        if (needed <= 0 || (needed > end - begin && !Fill(needed)))
            return false;
        size = needed;
        return true;
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
