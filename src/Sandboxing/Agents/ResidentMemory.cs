using Thaw.Linux;

namespace Thaw.Sandboxing.Agents;

/// <summary>The most that the descendants of an agent have held, as far as somebody looked.</summary>
internal sealed class ResidentMemory(int agent)
{
    /// <summary>
    /// Asking the kernel about a tree of processes takes longer than a short invocation. With one hundredth of the time, a lone sandbox
    /// is measured every ten milliseconds or so, and a hundred busy ones each about once a second.
    /// </summary>
    private static readonly Ration Measuring = new(timesIdle: 100);

    private long peakBytes;

    /// <summary>The peak so far, in bytes, after a look if it is time for one.</summary>
    public long PeakBytes()
    {
        Measuring.Perhaps(() => Note(ProcessTree.DescendantsOf(agent).Sum(ProcFile.ReadPeakMemory)));
        return Interlocked.Read(ref peakBytes);
    }

    /// <summary>Somebody else has looked.</summary>
    public void Note(long now)
    {
        var before = Interlocked.Read(ref peakBytes);
        while (now > before && Interlocked.CompareExchange(ref peakBytes, now, before) is var seen && seen != before)
            before = seen;
    }
}
