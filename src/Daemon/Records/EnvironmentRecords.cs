using Thaw.Contracts;
using Thaw.Environments;

namespace Thaw.Daemon.Records;

/// <summary>All environments that live, and the last ones that have ended.</summary>
/// <param name="events">What these records are made of.</param>
internal sealed class EnvironmentRecords(Func<Guid> newId, EventBatches events)
{
    private readonly Lock oneAtATime = new();
    private readonly LinkedList<EnvironmentRecord> living = [];
    private readonly Queue<EnvironmentRecord> ended = [];

    /// <summary>Begins the record of a new environment.</summary>
    public EnvironmentRecord Open(EnvironmentPlan plan)
    {
        var record = new EnvironmentRecord(newId(), plan, Close);
        lock (oneAtATime)
            living.AddLast(record);
        return record;
    }

    /// <summary>As they are now: the ended ones first, each kind in the order of its beginning or end.</summary>
    public IReadOnlyList<EnvironmentRecord> All()
    {
        events.TellAll();
        lock (oneAtATime)
            return [.. ended, .. living];
    }

    private void Close(EnvironmentRecord record)
    {
        lock (oneAtATime)
        {
            living.Remove(record);
            ended.Enqueue(record);
            if (ended.Count > Limits.EndedEnvironments)
                ended.Dequeue();
        }
    }
}
