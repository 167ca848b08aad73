using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>
/// When an event is tried again; spec (service) 10.1.
///
///   function error        after 1 minute, then after 2, at most MaximumRetryAttempts times
///   turned away           after 1 s, 2 s, 4 s .. 5 minutes; that uses up no attempt
///   older than its age    never, nor when it would be by then
/// </summary>
public static class Retries
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstThrottle = TimeSpan.FromSeconds(1), LongestThrottle = TimeSpan.FromMinutes(5);

    public static EventStep Next(QueuedEvent tried, EventOutcome outcome, EventRules rules, DateTimeOffset now)
    {
        switch (outcome)
        {
            case EventOutcome.Ran { Failed: false } success:
                return new EventStep.Ended(EventCondition.Success, tried.Attempts + 1, success);
            case EventOutcome.Ran failed:
                var attempted = tried with { Attempts = tried.Attempts + 1, Throttles = 0 };
                return attempted.Attempts > rules.MaximumRetryAttempts
                    ? new EventStep.Ended(EventCondition.RetriesExhausted, attempted.Attempts, failed)
                    : After(attempted, FirstPause * attempted.Attempts, rules, now, failed);
            case EventOutcome.TurnedAway:
                var doubled = FirstThrottle * Math.Pow(2, Math.Min(tried.Throttles, 20));
                var pause = doubled < LongestThrottle ? doubled : LongestThrottle;
                return After(tried with { Throttles = tried.Throttles + 1 }, pause, rules, now, last: null);
            case EventOutcome.Forbidden:
                return new EventStep.Ended(EventCondition.ZeroReservedConcurrency, tried.Attempts, null);
            case EventOutcome.Expired:
                return new EventStep.Ended(EventCondition.EventAgeExceeded, tried.Attempts, null);
            default:
                return new EventStep.Dropped();
        }
    }

    private static EventStep After(QueuedEvent tried, TimeSpan pause, EventRules rules, DateTimeOffset now, EventOutcome.Ran? last) =>
        now - tried.AcceptedAt + pause > rules.MaximumAge
            ? new EventStep.Ended(EventCondition.EventAgeExceeded, tried.Attempts, last)
            : new EventStep.Again(tried with { DueAt = (now + pause).ToUnixTimeMilliseconds() });
}
