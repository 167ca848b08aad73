using System.Text.Json;
using Thaw.Environments.Events;
using Thaw.UnitTests.Environments.Events;

namespace Thaw.UnitTests.Daemon.Events;

/// <summary>Who hears of the end of an event, and what is counted when they do not.</summary>
public sealed class Ends_of_events
{
    private const string Nobody = "arn:aws:sqs:us-east-1:000000000000:nobody", Next = "arn:aws:lambda:us-east-1:000000000000:function:next";

    private static readonly EventStep.Ended Success = new(EventCondition.Success, 1, Outcomes.Success),
        Failure = new(EventCondition.RetriesExhausted, 3, Outcomes.Failure);

    private static readonly EventRules All = new()
    {
        OnSuccess = EventWorld.Destination,
        OnFailure = EventWorld.Destination,
        DeadLetter = EventWorld.DeadLetters,
    };

    [Fact, Trait("Spec", "API-091")]
    public async Task Reach_the_destination_of_successes()
    {
        await using var world = new EventWorld();
        await world.Events.TellAsync(world.Event(), Success, All);
        Assert.Equal(("Success", "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST"), ContextOf(world));
        Assert.Empty(world.Told(EventWorld.DeadLetters));
        Assert.Equal(0, world.Measured.AsyncEventsDropped);
    }

    [Fact, Trait("Spec", "API-092"), Trait("Spec", "API-094")]
    public async Task Reach_the_destination_of_failures_and_the_dead_letter_queue()
    {
        await using var world = new EventWorld();
        await world.Events.TellAsync(world.Event() with { Qualifier = "live" }, Failure, All);
        Assert.Equal(("RetriesExhausted", "arn:aws:lambda:us-east-1:000000000000:function:f:live"), ContextOf(world));
        Assert.Equal(["{\"id\":7}"], world.Told(EventWorld.DeadLetters));
        Assert.Equal(
            (1, 0, 0),
            (world.Measured.AsyncEventsDropped, world.Measured.DestinationDeliveryFailures, world.Measured.DeadLetterErrors));
    }

    [Fact]
    public async Task Are_counted_for_each_who_cannot_be_told()
    {
        await using var world = new EventWorld();
        await world.Events.TellAsync(world.Event(), Success, All with { OnSuccess = Nobody });
        Assert.Equal((1, 0), (world.Measured.DestinationDeliveryFailures, world.Measured.DeadLetterErrors));
        await world.Events.TellAsync(world.Event(), Failure, All with { OnFailure = Nobody, DeadLetter = Nobody });
        Assert.Equal((2, 1), (world.Measured.DestinationDeliveryFailures, world.Measured.DeadLetterErrors));
        Assert.Equal(3, world.Notices.Count);
    }

    [Fact, Trait("Spec", "API-094")]
    public async Task Reach_the_dead_letter_queue_whatever_the_destination_does()
    {
        await using var world = new EventWorld { Enqueue = _ => throw new InvalidOperationException("a fault of ours") };
        await world.Events.TellAsync(world.Event(), Failure, All with { OnFailure = Next });
        Assert.Single(world.Told(EventWorld.DeadLetters));
        Assert.Equal(1, world.Measured.DestinationDeliveryFailures);
        Assert.Contains("a fault of ours", Assert.Single(world.Notices), StringComparison.Ordinal);
    }

    private static (string? Condition, string? Function) ContextOf(EventWorld world)
    {
        using var record = JsonDocument.Parse(Assert.Single(world.Told(EventWorld.Destination)));
        var context = record.RootElement.GetProperty("requestContext");
        return (context.GetProperty("condition").GetString(), context.GetProperty("functionArn").GetString());
    }
}
