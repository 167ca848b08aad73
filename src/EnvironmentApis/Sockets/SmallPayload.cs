using System.Buffers;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// Memory for one payload as most are, used again by the thread that gives it back. New arrays for event and response would be a third of
/// the garbage that a warm invoke makes.
/// </summary>
internal sealed class SmallPayload : MemoryManager<byte>
{
    internal const int MostBytes = 4 * 1024;

    /// <summary>Of a thread; an invoke has two at a time.</summary>
    private const int KeptPayloads = 4;

    [ThreadStatic]
    private static Stack<SmallPayload>? free;

    private readonly byte[] bytes = GC.AllocateUninitializedArray<byte>(MostBytes);
    private int isLent;

    /// <summary>A copy, which need not come back.</summary>
    /// <param name="payload">At most <see cref="MostBytes"/>.</param>
    internal static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload)
    {
        var taken = free is { } own && own.TryPop(out var known) ? known : new SmallPayload();
        taken.isLent = 1;
        payload.CopyTo(taken.bytes);
        return taken.Memory[..payload.Length];
    }

    /// <summary>Nobody reads it any more. To say so again does nothing.</summary>
    internal void GiveBack()
    {
        if (Interlocked.Exchange(ref isLent, 0) == 0)
            return;
        var own = free ??= new(KeptPayloads);
        if (own.Count < KeptPayloads)
            own.Push(this);
    }

    public override Span<byte> GetSpan() => bytes;

    public override MemoryHandle Pin(int elementIndex = 0) => bytes.AsMemory(elementIndex).Pin();

    public override void Unpin()
    {
    }

    protected override bool TryGetArray(out ArraySegment<byte> segment)
    {
        segment = bytes;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
    }
}
