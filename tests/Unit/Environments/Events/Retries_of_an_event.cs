using Thaw.Environments.Events;

namespace Thaw.UnitTests.Environments.Events;

public sealed class Retries_of_an_event
{
    [Fact, Trait("Spec", "API-087")]
    public void Come_after_one_minute_and_after_two_and_then_no_more()
    {
        var first = Next(Outcomes.Event(), Outcomes.Failure, new EventRules(), TimeSpan.Zero);
        var second = Next(Again(first), Outcomes.Failure, new EventRules(), TimeSpan.FromMinutes(1));
        var last = Next(Again(second), Outcomes.Failure, new EventRules(), TimeSpan.FromMinutes(3));
        Assert.Equal(60_000, Again(first).DueAt - Outcomes.Start.ToUnixTimeMilliseconds());
        Assert.Equal(180_000, Again(second).DueAt - Outcomes.Start.ToUnixTimeMilliseconds());
        var end = Assert.IsType<EventStep.Ended>(last);
        Assert.Equal((EventCondition.RetriesExhausted, 3), (end.Condition, end.Attempts));
    }

    [Fact, Trait("Spec", "API-089")]
    public void Do_not_come_when_none_are_configured() => Assert.Equal(
        new EventStep.Ended(EventCondition.RetriesExhausted, 1, Outcomes.Failure),
        Next(Outcomes.Event(), Outcomes.Failure, new EventRules { MaximumRetryAttempts = 0 }, TimeSpan.Zero));

    [Fact, Trait("Spec", "API-090")]
    public void Do_not_come_when_the_event_would_be_too_old_by_then() => Assert.Equal(
        new EventStep.Ended(EventCondition.EventAgeExceeded, 1, Outcomes.Failure),
        Next(Outcomes.Event(), Outcomes.Failure, new EventRules { MaximumAge = TimeSpan.FromSeconds(60) }, TimeSpan.FromMilliseconds(20)));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(5, 32)]
    [InlineData(9, 300)]
    [InlineData(1_000_000, 300)]
    public void Come_ever_later_while_it_is_turned_away(int throttles, int seconds)
    {
        var step = Next(Outcomes.Event() with { Throttles = throttles }, new EventOutcome.TurnedAway(), new EventRules(), TimeSpan.Zero);
        Assert.Equal(seconds * 1000, Again(step).DueAt - Outcomes.Start.ToUnixTimeMilliseconds());
        Assert.Equal((0, throttles + 1), (Again(step).Attempts, Again(step).Throttles));
    }

    [Fact]
    public void End_with_the_age_of_one_that_is_always_turned_away() => Assert.Equal(
        new EventStep.Ended(EventCondition.EventAgeExceeded, 0, null),
        Next(Outcomes.Event(), new EventOutcome.TurnedAway(), new EventRules(), TimeSpan.FromHours(6)));

    [Fact, Trait("Spec", "API-090")]
    public void Do_not_come_when_it_was_too_old_to_be_tried() => Assert.Equal(
        new EventStep.Ended(EventCondition.EventAgeExceeded, 1, null),
        Next(Outcomes.Event() with { Attempts = 1 }, new EventOutcome.Expired("$LATEST"), new EventRules(), TimeSpan.Zero));

    [Fact, Trait("Spec", "API-093")]
    public void Do_not_come_where_nothing_may_run() => Assert.Equal(
        new EventStep.Ended(EventCondition.ZeroReservedConcurrency, 0, null),
        Next(Outcomes.Event(), new EventOutcome.Forbidden("$LATEST"), new EventRules(), TimeSpan.Zero));

    private static EventStep Next(Thaw.Store.Records.QueuedEvent tried, EventOutcome outcome, EventRules rules, TimeSpan after) =>
        Retries.Next(tried, outcome, rules, Outcomes.Start + after);

    private static Thaw.Store.Records.QueuedEvent Again(EventStep step) => Assert.IsType<EventStep.Again>(step).Event;
}
