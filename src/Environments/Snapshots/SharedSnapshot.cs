namespace Thaw.Environments.Snapshots;

/// <summary>An open snapshot, and who is restoring from it: the last of them closes it, once nobody new may come.</summary>
public sealed class SharedSnapshot(EnvironmentSnapshot snapshot)
{
    private readonly Lock gate = new();
    private int users = 1;

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

        public void Dispose()
        {
            if (!hasLeft)
                shared.Leave();
            hasLeft = true;
        }
    }

    private EnvironmentSnapshot Snapshot => snapshot;
}
