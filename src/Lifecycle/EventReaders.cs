namespace Thaw.Lifecycle;

/// <summary>
/// Counts who reads the memory of an event: its owner, and each answer that carries it to a runtime. Only when nobody does may it hold
/// another.
/// </summary>
/// <param name="nobodyReads">Called once with that memory, by whoever leaves last.</param>
public sealed class EventReaders(ReadOnlyMemory<byte> memory, Action<ReadOnlyMemory<byte>> nobodyReads)
{
    private int readers = 1;

    /// <summary>False when it may hold another event already. Who has entered must leave.</summary>
    public bool TryEnter()
    {
        for (var now = Volatile.Read(ref readers); now > 0;)
        {
            var before = Interlocked.CompareExchange(ref readers, now + 1, now);
            if (before == now)
                return true;
            now = before;
        }

        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref readers) == 0)
            nobodyReads(memory);
    }
}
