using Thaw.Contracts;
using Thaw.Daemon.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Records;

public sealed class Environment_events
{
    [Fact]
    public void Reach_every_sink()
    {
        var (one, two) = (new RecordedEvents(), new RecordedEvents());
        var happened = new EnvironmentEnded();
        new EnvironmentEvents(one, two).Emit(happened);
        Assert.Same(happened, Assert.Single(one.All));
        Assert.Same(happened, Assert.Single(two.All));
    }

    [Fact]
    public async Task Have_room_when_each_sink_has_some()
    {
        var (one, two) = (new FullSink(), new FullSink());
        var room = new EnvironmentEvents(new RecordedEvents(), one, two).RoomAsync().AsTask();
        one.Room.SetResult();
        Assert.False(room.IsCompleted);
        two.Room.SetResult();
        await room;
        Assert.True(new EnvironmentEvents(new RecordedEvents(), one, two).RoomAsync().AsTask().IsCompletedSuccessfully);
    }

    private sealed class FullSink : ILifecycleEvents
    {
        public TaskCompletionSource Room { get; } = new();

        public void Emit(LifecycleEvent happened)
        {
        }

        public ValueTask RoomAsync() => new(Room.Task);
    }
}
