namespace Thaw.Environments.Pool;

/// <summary>The memory that environments may take together, in bytes. The pool guards it with its lock.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private long taken;

    public long Left => bytes - taken;

    public bool TryTake(long wanted)
    {
        if (wanted > Left)
            return false;
        taken += wanted;
        return true;
    }

    public void Give(long back) => taken -= back;
}
