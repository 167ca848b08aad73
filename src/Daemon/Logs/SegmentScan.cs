using Microsoft.Win32.SafeHandles;

namespace Thaw.Daemon.Logs;

/// <summary>Goes through the entries of one segment, from its beginning to where it ended when the scan began.</summary>
internal sealed class SegmentScan : IDisposable
{
    private readonly SafeFileHandle file;
    private readonly long length;
    private byte[] block = new byte[256 * 1024];
    private int begin, size, end;    // Of the current entry, and of what has been read, within the block.
    private long blockAt;

    /// <exception cref="IOException">It is gone, or cannot be read.</exception>
    public SegmentScan(Segment segment)
    {
        length = segment.Length;
        file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
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

    public void Dispose() => file.Dispose();

    // Brings what is not read yet to the front, and reads on until so many bytes are there.
    private bool Fill(int needed)
    {
        blockAt += begin;
        block.AsSpan(begin, end - begin).CopyTo(block);
        (begin, end) = (0, end - begin);
        if (needed > block.Length)
            Array.Resize(ref block, needed);
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
