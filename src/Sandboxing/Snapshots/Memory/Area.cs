using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>A piece of a process's address space, as CRIU's <c>mm-PID.img</c> tells it.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The first one behind it.</param>
/// <param name="Status">What it is: bits of CRIU's.</param>
internal readonly record struct Area(ulong Start, ulong End, Area.Kind Status)
{
    /// <summary>Named as CRIU names them.</summary>
    [Flags]
    internal enum Kind
    {
        Regular = 1 << 0,
        FilePrivate = 1 << 6,
        AnonPrivate = 1 << 9,
        Heap = 1 << 5,
    }

    /// <summary>Nothing but memory: no page of the kernel's (vdso), no ring for its own input and output, nothing shared.</summary>
    internal bool IsPlain => (Status & ~Kind.Heap) is (Kind.Regular | Kind.FilePrivate) or (Kind.Regular | Kind.AnonPrivate);

    /// <summary>What was never written there is nothing.</summary>
    internal bool IsAnonymous => (Status & Kind.AnonPrivate) != 0;

    /// <summary>All of a process, by address; none of one that is dead already.</summary>
    internal static List<Area> AllOf(string images, int process)
    {
        const uint Areas = 14;
        var all = new List<Area>();
        if (!File.Exists(Path.Combine(images, $"mm-{process}.img")))
            return all;
        var space = new WireReader(ImageRecords.Read(Path.Combine(images, $"mm-{process}.img"), out _)[0].Span);
        while (space.TryNext())
        {
            if (space.Field == Areas)
                all.Add(Read(space.Content));
        }

        all.Sort((one, other) => one.Start.CompareTo(other.Start));
        return all;
    }

    private static Area Read(ReadOnlySpan<byte> message)
    {
        const uint Start = 1, End = 2, Status = 7;
        var (start, end, status) = (0UL, 0UL, 0UL);
        var fields = new WireReader(message);
        while (fields.TryNext())
        {
            if (fields.Field == Start)
                start = fields.Number;
            else if (fields.Field == End)
                end = fields.Number;
            else if (fields.Field == Status)
                status = fields.Number;
        }

        return new(start, end, (Kind)(uint)status);
    }
}
