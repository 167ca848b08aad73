using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.Metrics;
using Thaw.Environments;
using Thaw.Environments.Events;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;
using Thaw.Store.Records;

namespace Thaw.Daemon.Events;

/// <summary>Runs queued events by the functions that they are for, as these are configured at that moment; spec (service) 10.</summary>
/// <param name="wake">Has a version brought back that is asleep.</param>
internal sealed class FunctionEvents(
    IFunctions functions,
    InvocationRouter router,
    RulesInStore stored,
    Destinations destinations,
    LambdaMetrics metrics,
    Func<VersionId, Task> wake,
    TimeProvider time,
    Random random,
    Action<string> notice) : IEventTarget
{
    public async Task<EventOutcome> RunAsync(QueuedEvent waiting)
    {
        try
        {
            return await functions.FindAsync(waiting.Function, waiting.Qualifier) switch
            {
                FunctionState.Ready ready => await RunAsync(waiting, ready.Plan),
                FunctionState.Unknown => new EventOutcome.Gone(),
                FunctionState.Asleep asleep => await WakeAsync(asleep.Version),
                _ => new EventOutcome.TurnedAway(),
            };
        }
#pragma warning disable CA1031 // Whatever it is, it is no fault of the event, which is tried again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Notice($"an event of {waiting.Function} could not be tried: {fault.Message}");
            return new EventOutcome.TurnedAway();
        }
    }

    public async Task<EventRules> RulesOfAsync(QueuedEvent waiting, EventOutcome outcome) => await RulesOfAsync(waiting, outcome switch
    {
        EventOutcome.Ran ran => ran.ExecutedVersion,
        EventOutcome.Forbidden forbidden => forbidden.Version,
        EventOutcome.Expired expired => expired.Version,
        _ => VersionRecord.Latest,
    });

    public async Task TellAsync(QueuedEvent ended, EventStep.Ended end, EventRules rules)
    {
        var measured = metrics.Of(new VersionId(ended.Function, end.Last?.ExecutedVersion ?? VersionRecord.Latest));
        var isSuccess = end.Condition == EventCondition.Success;
        if (!isSuccess)
            measured.AsyncEventDropped();
        if ((isSuccess ? rules.OnSuccess : rules.OnFailure) is { } destination
            && !await TryTellAsync(ended, destination, () => DestinationMessage.Result(RecordOf(ended, end))))
        {
            measured.DeliveryFailed();
        }

        if (!isSuccess && rules.DeadLetter is { } deadLetter
            && !await TryTellAsync(ended, deadLetter, () => DestinationMessage.DeadLetter(ended, end)))
        {
            measured.DeadLetterFailed();
        }
    }

    public void Dropped(QueuedEvent dropped)
    {
        metrics.Of(new VersionId(dropped.Function, VersionRecord.Latest)).AsyncEventDropped();
        Notice($"an event of {dropped.Function} was dropped: that function, version or alias is no more");
    }

    public void Notice(string text) => notice(text);

    private ValueTask<EventRules> RulesOfAsync(QueuedEvent waiting, string version) =>
        stored.OfAsync(waiting.Function, waiting.Qualifier ?? VersionRecord.Latest, version);

    private async Task<EventOutcome> WakeAsync(VersionId version)
    {
        await wake(version);
        return new EventOutcome.TurnedAway();
    }

    private async Task<bool> TryTellAsync(QueuedEvent ended, string arn, Func<DestinationMessage> message)
    {
        try
        {
            return await destinations.TrySendAsync(arn, message());
        }
#pragma warning disable CA1031 // Who cannot be told keeps neither others from hearing of it nor the event from its end: it would run again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Notice($"{arn} did not hear how an event of {ended.Function} ended: {fault.Message}");
            return false;
        }
    }

    private ReadOnlyMemory<byte> RecordOf(QueuedEvent ended, EventStep.Ended end) => DestinationRecord.Of(
        ended, end, $"{FunctionConfiguration.LocalArn(ended.Function)}:{ended.Qualifier ?? VersionRecord.Latest}", time.GetUtcNow());

    private async Task<EventOutcome> RunAsync(QueuedEvent waiting, EnvironmentPlan plan)
    {
        if (plan.Reserved is { Limit: 0 })
            return new EventOutcome.Forbidden(plan.Function.Version);
        var now = time.GetUtcNow();
        if (now - waiting.AcceptedAt > (await RulesOfAsync(waiting, plan.Function.Version)).MaximumAge)
            return new EventOutcome.Expired(plan.Function.Version);
        var response = new BufferedResponse();
        var trace = waiting.TraceId ?? TraceHeader.New(now, random);
        var measured = metrics.Of(plan.Version);
        var routing = await router.RouteAsync(plan, new Invocation
        {
            RequestId = new RequestId(waiting.RequestId),
            InvocationId = new InvocationId(RandomUuid.New(random).ToString("N")),
            Event = waiting.Payload,
            InvokedFunctionArn =
                FunctionConfiguration.LocalArn(waiting.Function) + (waiting.Qualifier is null ? "" : $":{waiting.Qualifier}"),
            Origin = new InvocationOrigin(trace, TraceHeader.NewSegment(trace, random)) { BeginsTrace = waiting.TraceId is null },
            ReceivedAt = now,
            Response = response,
        });
        if (routing is not Routing.Accepted)
        {
            if (routing.IsThrottled)
                measured.Throttled();
            return new EventOutcome.TurnedAway();
        }

        measured.AsyncEventAge.Add(now - waiting.AcceptedAt);
        var result = await response.Result;
        if (result.FunctionError is { IsPlatformFault: true })
            return new EventOutcome.TurnedAway();
        return new EventOutcome.Ran(plan.Function.Version, result.Body, result.FunctionError is not null);
    }
}
