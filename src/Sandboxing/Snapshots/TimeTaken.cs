namespace Thaw.Sandboxing.Snapshots;

/// <summary>How long something took that began when this was made, without the time that it waited for others.</summary>
internal sealed class TimeTaken(TimeProvider time)
{
    private TimeSpan before;
    private long began = time.GetTimestamp();
    private bool waits;

    /// <summary>So far.</summary>
    public TimeSpan Whole => waits ? before : before + time.GetElapsedTime(began);

    public void Pause() => (before, waits) = (Whole, true);

    public void GoOn() => (began, waits) = (time.GetTimestamp(), false);
}
