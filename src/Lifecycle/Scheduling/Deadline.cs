namespace Thaw.Lifecycle.Scheduling;

/// <summary>An absolute point in time by which something must be done.</summary>
/// <param name="At">The moment on the wall clock, as processes are told.</param>
/// <param name="Started">When the budget began to run, as a timestamp of the same clock; immune to clock jumps.</param>
/// <param name="Budget">How long it runs.</param>
internal readonly record struct Deadline(DateTimeOffset At, long Started, TimeSpan Budget)
{
    public static Deadline After(TimeSpan budget, TimeProvider time) => new(time.GetUtcNow() + budget, time.GetTimestamp(), budget);

    /// <summary>Whether its budget is used up earlier.</summary>
    public bool IsBefore(Deadline other, TimeProvider time) => time.GetElapsedTime(other.Started, Started) + Budget < other.Budget;

    public TimeSpan Remaining(TimeProvider time)
    {
        var left = Budget - time.GetElapsedTime(Started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
