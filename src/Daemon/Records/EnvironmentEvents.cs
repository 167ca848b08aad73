using Thaw.Contracts;

namespace Thaw.Daemon.Records;

/// <summary>Shares out the events of one environment: each sink gets all of them, in this order.</summary>
internal sealed class EnvironmentEvents(params ILifecycleEvents[] sinks) : ILifecycleEvents
{
    public void Emit(LifecycleEvent happened)
    {
        foreach (var sink in sinks)
            sink.Emit(happened);
    }

    /// <summary>There is room when each has some.</summary>
    public ValueTask RoomAsync()
    {
        for (var at = 0; at < sinks.Length; at++)
        {
            var room = sinks[at].RoomAsync();
            if (!room.IsCompletedSuccessfully)
                return BehindAsync(room, at + 1);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask BehindAsync(ValueTask room, int next)
    {
        await room;
        for (var at = next; at < sinks.Length; at++)
            await sinks[at].RoomAsync();
    }
}
