using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>The memory of events and responses, small (<see cref="SmallPayload"/>) and <see cref="LargeArrays">large</see>.</summary>
/// <remarks>
/// Only who knows that nobody else can still read it may give it back. That is so for a result that has been written to its caller, but not
/// for an error, which later callers may hear, too. An event may still be on its way to a runtime that has answered already:
/// <see cref="Thaw.Lifecycle.EventReaders"/> knows when it is not.
/// </remarks>
public static class Payloads
{
    /// <summary>A copy of what stays where it is for a moment only. It need not come back.</summary>
    public static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload) =>
        payload.Length <= SmallPayload.MostBytes ? SmallPayload.Copy(payload) : payload.ToArray();

    /// <summary>Whether such memory is worth giving back.</summary>
    public static bool WantsBack(ReadOnlyMemory<byte> memory) => LargeArrays.WantsBack(memory) || IsSmall(memory, out _);

    /// <summary>Nobody reads this any more. Memory that did not come from here, or has come back, is left alone.</summary>
    public static void GiveBack(ReadOnlyMemory<byte> memory)
    {
        if (IsSmall(memory, out var small))
            small.GiveBack();
        else
            LargeArrays.GiveBack(memory);
    }

    private static bool IsSmall(ReadOnlyMemory<byte> memory, [NotNullWhen(true)] out SmallPayload? small) =>
        MemoryMarshal.TryGetMemoryManager<byte, SmallPayload>(memory, out small);
}
