using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>A process in CRIU's images.</summary>
/// <param name="Id">As it is called inside.</param>
/// <param name="Parent">Its parent's id; 0 for the first.</param>
/// <param name="Threads">Its threads, itself among them.</param>
internal sealed record FrozenProcess(int Id, int Parent, IReadOnlyList<int> Threads)
{
    internal static List<FrozenProcess> AllIn(string images) =>
        [.. ImageRecords.Read(Path.Combine(images, "pstree.img"), out _).Select(record => Read(record.Span))];

    /// <summary>
    /// The pages where the kernel keeps something current for its threads (rseq): which processor they run on. They must be back before a
    /// thread is told of them again, not after.
    /// </summary>
    internal HashSet<ulong> PagesOfTheKernel(string images)
    {
        var pages = new HashSet<ulong>();
        foreach (var thread in Threads)
        {
            var (address, bytes) = RestartableSequence(ImageRecords.Read(Path.Combine(images, $"core-{thread}.img"), out _)[0].Span);
            if (address == 0)
                continue;
            pages.Add(PageOf(address));
            pages.Add(PageOf(address + bytes));
        }

        return pages;
    }

    private static ulong PageOf(ulong address) => address / PageRun.PageBytes * PageRun.PageBytes;

    private static (ulong Address, ulong Bytes) RestartableSequence(ReadOnlySpan<byte> core)
    {
        const uint Thread = 5, Sequence = 15, Pointer = 1, Size = 2;
        var found = (0UL, 0UL);
        var fields = new WireReader(Within(Within(core, Thread), Sequence));
        while (fields.TryNext())
        {
            if (fields.Field == Pointer)
                found.Item1 = fields.Number;
            else if (fields.Field == Size)
                found.Item2 = fields.Number;
        }

        return found;
    }

    private static ReadOnlySpan<byte> Within(ReadOnlySpan<byte> message, uint field)
    {
        var fields = new WireReader(message);
        while (fields.TryNext())
        {
            if (fields.Field == field)
                return fields.Content;
        }

        return [];
    }

    private static FrozenProcess Read(ReadOnlySpan<byte> message)
    {
        const uint Pid = 1, ParentPid = 2, Thread = 5;
        var (id, parent, threads) = (0, 0, new List<int>());
        var fields = new WireReader(message);
        while (fields.TryNext())
        {
            if (fields.Field == Pid)
                id = (int)fields.Number;
            else if (fields.Field == ParentPid)
                parent = (int)fields.Number;
            else if (fields.Field == Thread)
                threads.Add((int)fields.Number);
        }

        return new(id, parent, threads);
    }
}
