using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// Arrays for payloads of megabytes, used again. New memory of that size is dear: the kernel clears every page of it, and the garbage
/// collector looks through everything each time.
/// </summary>
/// <remarks>Who may give one back: see <see cref="Payloads"/>.</remarks>
public static class LargeArrays
{
    private const int LeastBytes = 256 * 1024, KeptArrays = 8;

    private static readonly Lock Gate = new();
    private static readonly List<byte[]> Free = [];
    private static readonly ConditionalWeakTable<byte[], object> Lent = [];

    /// <summary>An array of at least that length, with whatever was in it before. It need not come back.</summary>
    public static byte[] Take(int bytes)
    {
        if (bytes < LeastBytes)
            return GC.AllocateUninitializedArray<byte>(bytes);
        if (!TryTakeFree(bytes, out var array))
            array = GC.AllocateUninitializedArray<byte>(bytes);
        Lent.Add(array, Free);
        return array;
    }

    /// <summary>Whether such memory is worth giving back.</summary>
    public static bool WantsBack(ReadOnlyMemory<byte> memory) => memory.Length >= LeastBytes;

    /// <summary>Nobody reads this any more. Memory that did not come from here, or has come back, is left alone.</summary>
    public static void GiveBack(ReadOnlyMemory<byte> memory)
    {
        if (!WantsBack(memory) || !System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment)
            || !Lent.Remove(segment.Array!))
        {
            return;
        }

        lock (Gate)
        {
            if (Free.Count < KeptArrays)
                Free.Add(segment.Array!);
        }
    }

    private static bool TryTakeFree(int bytes, [NotNullWhen(true)] out byte[]? array)
    {
        lock (Gate)
        {
            var at = Free.FindLastIndex(one => one.Length >= bytes);
            array = at < 0 ? null : Free[at];
            if (at >= 0)
                Free.RemoveAt(at);
            return array is not null;
        }
    }
}
