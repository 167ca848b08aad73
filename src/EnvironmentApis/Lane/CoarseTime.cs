namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// The system's time for what counts in seconds: its timestamps are the kernel's, which move on every few milliseconds. To read an exact
/// one the processor finishes first whatever it has begun, and on its way an invoke reads many.
/// </summary>
public sealed class CoarseTime : TimeProvider
{
    private static readonly CoarseTime Instance = new();

    private CoarseTime()
    {
    }

    /// <summary>A thousand a second.</summary>
    public override long TimestampFrequency => 1_000;

    /// <summary>The coarse one of the system's; of any other time, itself.</summary>
    public static TimeProvider Of(TimeProvider time) => ReferenceEquals(time, System) ? Instance : time;

    public override long GetTimestamp() => Environment.TickCount64;
}
