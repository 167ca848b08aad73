namespace Thaw.Daemon.Logs;

/// <summary>
/// Text that waits for whoever reads it, in blocks that are used again: a flood makes no garbage, and leaves little behind. No entry is cut
/// in two.
/// </summary>
/// <param name="mostBytes">What may wait at a time.</param>
internal sealed class TextBlocks(int mostBytes)
{
    // Enough for what a flood has on both sides, so that it makes no garbage.
    private const int BlockBytes = 64 * 1024, KeptBlocks = 24;

    private readonly Stack<TextBlock> spare = [];
    private List<TextBlock> waiting = [];

    /// <summary>That wait.</summary>
    public int Bytes { get; private set; }

    /// <summary>Makes room at the end for an entry; false when too much waits already.</summary>
    public bool TryAdd(int size, out Span<byte> room)
    {
        room = default;
        if (Bytes + size > mostBytes)
            return false;
        if (waiting is not [.., var last] || last.Room < size)
            waiting.Add(last = size <= BlockBytes && spare.TryPop(out var used) ? used : new TextBlock(Math.Max(size, BlockBytes)));
        Bytes += size;
        room = last.Add(size);
        return true;
    }

    /// <summary>Takes all that waits.</summary>
    /// <param name="read">What was taken before; its blocks are used again.</param>
    public List<TextBlock> TakeAll(List<TextBlock> read)
    {
        foreach (var block in read.Where(each => each.Size == BlockBytes).Take(KeptBlocks - spare.Count))
        {
            block.Clear();
            spare.Push(block);
        }

        read.Clear();
        (var taken, waiting, Bytes) = (waiting, read, 0);
        return taken;
    }
}
