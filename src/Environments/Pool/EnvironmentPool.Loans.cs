namespace Thaw.Environments.Pool;

/// <content>
/// Memory for environments that are not the pool's, such as those that snapshots are taken of.
///
///   borrower --> others without work give way --> room for the first in line? --> lent, until it is given back
///                     ^                                | no
///                     +---- somebody's work is done ---+    callers go first meanwhile
/// </content>
public sealed partial class EnvironmentPool
{
    private readonly LinkedList<MemoryLoan> borrowers = [];

    /// <summary>
    /// Waits until there is room for an environment of the plan, however long: no caller ever waits for that. Null when there never will
    /// be, for it wants more than all may have together.
    /// </summary>
    /// <param name="stop">It is not wanted any more. A pool that is being drained lends nothing.</param>
    public async Task<MemoryLoan?> BorrowAsync(EnvironmentPlan plan, CancellationToken stop)
    {
        if (plan.MemoryBytes > settings.MemoryBytes)
            return null;
        var loan = new MemoryLoan(this, plan.MemoryBytes);
        Consequences then = default;
        lock (gate)
        {
            borrowers.AddLast(loan);
            Lend(ref then);
        }

        then.Happen(end);
        try
        {
            await loan.Granted.WaitAsync(stop);
            foreach (var before in loan.UsableAfter)
                await before.Vacated.WaitAsync(stop);
            return loan;
        }
        catch (OperationCanceledException)
        {
            loan.Dispose();
            throw;
        }
    }

    internal void GiveBack(MemoryLoan loan)
    {
        Consequences then = default;
        lock (gate)
        {
            borrowers.Remove(loan);
            memory.Give(loan.SetAside);
            loan.SetAside = 0;
            Lend(ref then);
            Refill();
        }

        then.Happen(end);
    }

    // In the order in which they came: the large would wait for ever otherwise.
    private void Lend(ref Consequences then)
    {
        while (closed is null && borrowers.First is { Value: var first } && TryMakeRoom(first.Bytes, ref then))
        {
            borrowers.RemoveFirst();
            first.SetAside = memory.Take(first.Bytes);
            first.UsableAfter = [.. memory.GivenAway];
            then.Lend(first);
        }
    }
}
