using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Participants;

/// <summary>Where a participant's long polls meet the events sent to it. An event waits for a poll, or a poll for an event.</summary>
/// <remarks>Polls are answered oldest first. A poll whose client hung up takes no event with it.</remarks>
internal sealed class Mailbox<TEvent>(SerialScheduler scheduler)
    where TEvent : class
{
    private readonly SerialScheduler scheduler = scheduler;
    private readonly List<Poll> parked = [];    // The oldest first; mostly there is one.
    private TEvent? waiting;

    /// <summary>Whether an event is waiting here that nobody has fetched.</summary>
    public bool HasEvent => waiting is not null;

    /// <summary>Whether somebody is waiting here for an event.</summary>
    public bool HasPoll => parked.Count > 0;

    public void Send(TEvent sent)
    {
        if (parked is not [var oldest, ..])
        {
            waiting = sent;
            return;
        }

        parked.RemoveAt(0);
        oldest.Answer(sent, scheduler);
    }

    /// <summary>Takes back an event that nobody has fetched.</summary>
    public void Withdraw() => waiting = null;

    /// <summary>The next event. Waits without limit; spec 2.1.</summary>
    public Task<Answer<TEvent>> TakeAsync(CancellationToken hungUp)
    {
        if (waiting is { } sent)
        {
            waiting = null;
            return Task.FromResult<Answer<TEvent>>(sent);
        }

        var poll = new Poll(this);
        parked.Add(poll);
        poll.NoticeHangUp(hungUp);
        return poll.Task;
    }

    private void HangUp(Poll poll)
    {
        if (parked.Remove(poll))
            poll.SetCanceled();
    }

    private sealed class Poll(Mailbox<TEvent> mailbox) : TaskCompletionSource<Answer<TEvent>>
    {
        private CancellationTokenRegistration hangUp;
        private TEvent? sent;

        public void NoticeHangUp(CancellationToken hungUp) =>
            hangUp = hungUp.UnsafeRegister(static poll => ((Poll)poll!).Post(), this);

        public void Answer(TEvent sent, SerialScheduler scheduler)
        {
            // Not Dispose: that would wait for a hang-up which is just being noticed on another thread.
            hangUp.Unregister();
            this.sent = sent;
            scheduler.Tell(static poll => ((Poll)poll!).Deliver(), this);
        }

        private void Post() => mailbox.scheduler.Post(() => mailbox.HangUp(this));

        private void Deliver() => TrySetResult(sent!);
    }
}
