using Thaw.Environments.Events;
using Thaw.Store.Records;

namespace Thaw.UnitTests.Environments.Events;

internal static class Outcomes
{
    public static readonly DateTimeOffset Start = new(2026, 2, 3, 10, 11, 12, 345, TimeSpan.Zero);

    public static EventOutcome.Ran Success { get; } = new("$LATEST", "{\"ok\":true}"u8.ToArray(), Failed: false);

    public static EventOutcome.Ran Failure { get; } =
        new("$LATEST", "{\"errorMessage\":\"no\",\"errorType\":\"E\"}"u8.ToArray(), Failed: true);

    public static QueuedEvent Event(string id = "id", string function = "orders") => new()
    {
        RequestId = id,
        Function = function,
        AcceptedAt = Start,
        Payload = "{\"id\":7}"u8.ToArray(),
    };
}
