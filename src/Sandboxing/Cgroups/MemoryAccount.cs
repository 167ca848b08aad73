using System.Globalization;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>What a group may hold, holds and has held of memory, in the files of either version.</summary>
internal sealed class MemoryAccount(string group, bool isUnified)
{
    private long sampledPeak;

    /// <summary>Counts those of the group whom the kernel has killed for want of memory.</summary>
    public KernelKills Kills { get; } = new(Path.Combine(group, isUnified ? "memory.events" : "memory.oom_control"));

    public void Limit(long bytes)
    {
        var text = bytes.ToString(CultureInfo.InvariantCulture);
        if (isUnified)
        {
            GroupFile.Write(group, "memory.max", text);
            _ = GroupFile.TryWrite(group, "memory.swap.max", "0");
        }
        else
        {
            // With swap is never less than without: it goes up first and down last. The kernel may count no swap, and then there is
            // nothing to be kept from.
            _ = GroupFile.TryWrite(group, "memory.memsw.limit_in_bytes", text);
            GroupFile.Write(group, "memory.limit_in_bytes", text);
            _ = GroupFile.TryWrite(group, "memory.memsw.limit_in_bytes", text);
            _ = GroupFile.TryWrite(group, "memory.swappiness", "0");

            // This version does not count with the rest what lies in the buffers of sockets, and sets no limit by itself.
            _ = GroupFile.TryWrite(group, "memory.kmem.tcp.limit_in_bytes", (bytes / 2).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>In bytes, nearly: some hundred pages may not be counted yet. Null when it cannot be told.</summary>
    public long? SharedBytes()
    {
        const string Name = "shmem ";
        return (GroupFile.TryRead(group, "memory.stat") ?? "").Split('\n')
            .Where(line => line.StartsWith(Name, StringComparison.Ordinal))
            .Select(line => long.TryParse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture, out var bytes) ? bytes : (long?)null)
            .FirstOrDefault();
    }

    /// <summary>In bytes. Kernels before 5.19 do not keep it in version 2: there it is the most seen when asked.</summary>
    public long PeakBytes()
    {
        if (GroupFile.TryReadNumber(group, isUnified ? "memory.peak" : "memory.max_usage_in_bytes") is { } peak)
            return peak;

        var now = GroupFile.TryReadNumber(group, isUnified ? "memory.current" : "memory.usage_in_bytes") ?? 0;
        var before = Interlocked.Read(ref sampledPeak);
        while (now > before && Interlocked.CompareExchange(ref sampledPeak, now, before) is var seen && seen != before)
            before = seen;
        return Math.Max(now, before);
    }
}
