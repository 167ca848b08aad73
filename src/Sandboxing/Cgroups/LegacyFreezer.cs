namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// The freezer of version 1, for machines that do not show version 2 at all. It tells nobody when it is done, so it is asked, ever more
/// rarely; and what it has frozen cannot be killed.
/// </summary>
internal sealed class LegacyFreezer(string group) : Freezer
{
    private const string State = "freezer.state";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int asked;

    public override ValueTask FreezeAsync()
    {
        int mine;
        lock (gate)
        {
            mine = ++asked;
            GroupFile.Write(group, State, "FROZEN");
        }

        return IsFrozen() ? default : new(FrozenAsync(mine));
    }

    public override void Thaw()
    {
        lock (gate)
        {
            asked++;
            GroupFile.Write(group, State, "THAWED");
        }
    }

    public override void Dispose() => Interlocked.Increment(ref asked);

    private async Task FrozenAsync(int mine)
    {
        for (var pause = FirstPause; Volatile.Read(ref asked) == mine && !IsFrozen(); pause = pause < LongestPause ? pause * 2 : pause)
            await Task.Delay(pause).ConfigureAwait(false);
    }

    // A group that is gone has no state.
    private bool IsFrozen() => GroupFile.TryRead(group, State) is not { } state || state.StartsWith("FROZEN", StringComparison.Ordinal);
}
