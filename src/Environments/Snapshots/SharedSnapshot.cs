namespace Thaw.Environments.Snapshots;

/// <summary>An open snapshot, and who is restoring from it: the last of them closes it, once nobody new may come.</summary>
public sealed class SharedSnapshot(EnvironmentSnapshot snapshot)
{
    /// <summary>So many restores in a row that come to nothing are no accident of the machine's.</summary>
    private const int MostFailures = 3;

    private readonly Lock gate = new();
    private int users = 1;
    private int failures;

    /// <summary>Null when it is closed for newcomers.</summary>
    public Use? TryUse()
    {
        lock (gate)
        {
            if (users == 0)
                return null;
            users++;
            return new Use(this);
        }
    }

    /// <summary>Nobody new may come.</summary>
    public void Close() => Leave();

    private void Leave()
    {
        lock (gate)
        {
            if (--users > 0)
                return;
        }

        snapshot.Memory.Dispose();
    }

    /// <summary>The right to restore from it, until this is disposed of.</summary>
    public sealed class Use : IDisposable
    {
        private readonly SharedSnapshot shared;
        private bool hasLeft;

        internal Use(SharedSnapshot shared) => this.shared = shared;

        public EnvironmentSnapshot Snapshot => shared.Snapshot;

        public bool IsOf(SharedSnapshot other) => shared == other;

        /// <summary>A clone was made.</summary>
        public void HasRestored() => Volatile.Write(ref shared.failures, 0);

        /// <summary>None could be made.</summary>
        /// <returns>Whether that was so several times running.</returns>
        public bool HasFailed() => Interlocked.Increment(ref shared.failures) >= MostFailures;

        public void Dispose()
        {
            if (!hasLeft)
                shared.Leave();
            hasLeft = true;
        }
    }

    private EnvironmentSnapshot Snapshot => snapshot;
}
