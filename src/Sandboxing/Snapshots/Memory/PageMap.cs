using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>
/// Which pages of a process lie where, as CRIU's <c>pagemap-PID.img</c> tells it: a <c>pages-N.img</c> has all of them, in this order.
/// </summary>
internal sealed class PageMap
{
    private const uint File = 1, Address = 1, Count = 2, Flags = 4, LongCount = 5;
    private const ulong IsPresent = 4;

    // CRIU counts from 1.
    private const int FirstOwnFile = 1_000_000;

    private const int ReadBytes = 64 * PageRun.PageBytes;

    private readonly string images, path;
    private readonly int process;
    private readonly ReadOnlyMemory<byte> magic;
    private readonly List<ReadOnlyMemory<byte>> records;

    private PageMap(string images, int process)
    {
        (this.images, this.process) = (images, process);
        path = PathOf(images, process);
        records = ImageRecords.Read(path, out magic);
    }

    /// <summary>Whether a process has memory: one that is dead already has none.</summary>
    internal static bool Exists(string images, FrozenProcess process) => System.IO.File.Exists(PathOf(images, process.Id));

    /// <summary>
    /// Takes what is plain memory out of what CRIU will bring back, and leaves the rest to it, in a file of its own. Pages of nothing are
    /// nobody's, where they would be nothing anyway.
    /// </summary>
    /// <param name="areas">Of the process, by address, and whether what is there is its own.</param>
    /// <exception cref="FormatException">CRIU has written something else than it did.</exception>
    internal static ProcessMemory TakeFrom(
        string images, FrozenProcess process, IReadOnlyList<(Area Area, bool IsOwn)> areas) =>
        new PageMap(images, process.Id).Take(areas, process.PagesOfTheKernel(images));

    private static string PathOf(string images, int process) => Path.Combine(images, $"pagemap-{process}.img");

    private static string NameOf(ulong file) => $"pages-{file}.img";

    private ProcessMemory Take(IReadOnlyList<(Area Area, bool IsOwn)> areas, HashSet<ulong> kernels)
    {
        var name = NameOf(Number(records[0].Span, File));
        var (taken, left) = (new List<PageRun>(), new List<PageRun>());
        using (var pages = new FileStream(Path.Combine(images, name), FileMode.Open, FileAccess.Read, FileShare.Read, ReadBytes))
        {
            Divide(pages, areas, kernels, taken, left);
            Leave(pages, left);
        }

        return new(process, name, taken);
    }

    private void Divide(
        FileStream pages,
        IReadOnlyList<(Area Area, bool IsOwn)> areas,
        HashSet<ulong> kernels,
        List<PageRun> taken,
        List<PageRun> left)
    {
        var page = new byte[PageRun.PageBytes];
        var (area, offset) = (0, 0L);
        foreach (var record in records.Skip(1))
        {
            var (first, count) = Entry(record.Span);
            for (var i = 0L; i < count; i++, offset += PageRun.PageBytes)
            {
                pages.ReadExactly(page);
                var address = first + (ulong)(i * PageRun.PageBytes);
                while (area < areas.Count && areas[area].Area.End <= address)
                    area++;
                if (area == areas.Count || address < areas[area].Area.Start)
                    throw new FormatException($"CRIU has a page at {address:x} where nothing is");
                if (!areas[area].IsOwn || kernels.Contains(address))
                    PageRun.Add(left, address, offset);
                else if (!areas[area].Area.IsAnonymous || !IsNothing(page))
                    PageRun.Add(taken, address, offset);
            }
        }
    }

    private static bool IsNothing(ReadOnlySpan<byte> page) => !page.ContainsAnyExcept((byte)0);

    private void Leave(FileStream pages, List<PageRun> left)
    {
        var file = (ulong)(FirstOwnFile + process);
        using (var few = System.IO.File.Create(Path.Combine(images, NameOf(file))))
        {
            var page = new byte[PageRun.PageBytes];
            foreach (var run in left)
            {
                pages.Position = run.Offset;
                for (var i = 0; i < run.Pages; i++)
                {
                    pages.ReadExactly(page);
                    few.Write(page);
                }
            }
        }

        ImageRecords.Write(path, magic, left.Select(Entry).Prepend(new WireWriter().Number(File, file).Bytes));
    }

    private static ReadOnlyMemory<byte> Entry(PageRun run) => new WireWriter().Number(Address, run.Address)
        .Number(Count, (ulong)run.Pages).Number(Flags, IsPresent).Number(LongCount, (ulong)run.Pages).Bytes;

    private static (ulong Address, long Pages) Entry(ReadOnlySpan<byte> message)
    {
        if ((Number(message, Flags) & IsPresent) == 0)
            throw new FormatException("CRIU has a page that it has not");
        var pages = Number(message, LongCount) is var count and > 0 ? count : Number(message, Count);
        return (Number(message, Address), (long)pages);
    }

    private static ulong Number(ReadOnlySpan<byte> message, uint field)
    {
        var fields = new WireReader(message);
        while (fields.TryNext())
        {
            if (fields.Field == field)
                return fields.Number;
        }

        return 0;
    }
}
