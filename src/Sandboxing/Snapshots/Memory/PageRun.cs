namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>Pages that follow each other, in a process and in a file.</summary>
/// <param name="Address">Of the first, in the process.</param>
/// <param name="Offset">Of the first, in the file; bytes.</param>
/// <param name="Pages">How many.</param>
internal readonly record struct PageRun(ulong Address, long Offset, long Pages)
{
    internal const int PageBytes = 4096;

    internal long Bytes => Pages * PageBytes;

    /// <summary>One page more: a longer last run, or a new one.</summary>
    internal static void Add(List<PageRun> runs, ulong address, long offset)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.Address + (ulong)last.Bytes == address && last.Offset + last.Bytes == offset)
            runs[^1] = last with { Pages = last.Pages + 1 };
        else
            runs.Add(new(address, offset, 1));
    }
}
