using System.Diagnostics;

namespace Thaw.Sandboxing.Agents;

/// <summary>Bounds the part of the time that goes into something which is nice to do often, over all who do it.</summary>
/// <param name="timesIdle">After each time it rests this many times as long as that took.</param>
internal sealed class Ration(int timesIdle)
{
    private long restsUntil;

    /// <summary>Does it if it is time; one at a time, the others go without.</summary>
    public void Perhaps(Action work)
    {
        var began = Stopwatch.GetTimestamp();
        var until = Interlocked.Read(ref restsUntil);
        if (began < until || Interlocked.CompareExchange(ref restsUntil, long.MaxValue, until) != until)
            return;
        try
        {
            work();
        }
        finally
        {
            var ended = Stopwatch.GetTimestamp();
            Interlocked.Exchange(ref restsUntil, ended + (timesIdle * (ended - began)));
        }
    }
}
