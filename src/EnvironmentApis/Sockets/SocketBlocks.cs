using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// The memory that sockets read into and write from. Kestrel's own comes in blocks of 4 KB, and every block is a system call: an event of
/// six megabytes takes thousands of them, blocks of this size a few hundred. A connection without data has none.
/// </summary>
public sealed class SocketBlocks : IMemoryPoolFactory<byte>
{
    internal const int BlockBytes = 32 * 1024;

    /// <summary>Free blocks that are kept for later; the others go to the garbage collector.</summary>
    private const int KeptBlocks = 1_024;

    // What a socket thread gives back it mostly wants again at once, and then no other thread is in its way.
    [ThreadStatic]
    private static byte[]? spare;

    private readonly Stack<byte[]> free = [];

    private SocketBlocks()
    {
    }

    /// <summary>One for all connections of the process.</summary>
    public static SocketBlocks Shared { get; } = new();

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool(this);

    /// <summary>Lets the connections of one factory have them. Kestrel keeps this setting to itself; without it they do without.</summary>
    public static SocketConnectionFactoryOptions For(SocketConnectionFactoryOptions options)
    {
        try
        {
            SetMemoryPoolFactory(options, Shared);
        }
        catch (MissingMethodException)
        {
            // Another Kestrel: slower for large payloads, and right as well.
        }

        return options;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetMemoryPoolFactory(SocketConnectionFactoryOptions options, IMemoryPoolFactory<byte> factory);

    internal byte[] Take()
    {
        if (spare is { } own)
        {
            spare = null;
            return own;
        }

        lock (free)
        {
            if (free.TryPop(out var block))
                return block;
        }

        // Pinned, because the kernel reads and writes here while the garbage collector may be at work.
        return GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
    }

    internal void Return(byte[] block)
    {
        if (spare is null)
        {
            spare = block;
            return;
        }

        lock (free)
        {
            if (free.Count < KeptBlocks)
                free.Push(block);
        }
    }

    private sealed class Pool(SocketBlocks blocks) : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            return new Block(blocks, blocks.Take());
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Block(SocketBlocks blocks, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? bytes = bytes;

        [SuppressMessage("Design", "CA1065", Justification = "Who uses a block that was given back has a bug that must show.")]
        public Memory<byte> Memory => bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref bytes, null) is { } given)
                blocks.Return(given);
        }
    }
}
