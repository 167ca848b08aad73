using Thaw.Linux;

namespace Thaw.Agent;

/// <summary>
/// Whom the kernel kills first for want of memory: everybody rather than the agent. A process has the place from its birth that the agent
/// has at that moment, so that it has no time to make children in a better one.
/// </summary>
/// <param name="file">The agent's own /proc/self/oom_score_adj.</param>
internal sealed unsafe class OutOfMemoryOrder(int file)
{
    internal void ForChildren() => Write("500"u8);

    internal void ForAgent() => Write("0"u8);

    // Where the daemon itself has a higher one, ours cannot go below it; then all are equal, as they would be without us.
    private void Write(ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
            _ = Syscalls.write(file, bytes, (nuint)text.Length);
    }
}
