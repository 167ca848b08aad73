using System.Globalization;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// Which user ids of the machine the ids inside of a sandbox really are, groups alike. The kernel counts some things by user (pipes,
/// keys, watches), so sandboxes that live at the same time have different ones.
/// </summary>
/// <param name="First">The machine's id of the sandbox's user 0.</param>
public sealed record UserRange(uint First)
{
    /// <summary>Ids in a range.</summary>
    private const uint Size = 4096;

    // Far from where people and other containers are, below the largest id that everybody takes.
    private const uint Lowest = 0x70000000, Count = 0x8000;

    private static readonly Lock Gate = new();
    private static readonly HashSet<uint> Taken = [];
    private static uint next;

    /// <summary>The line of the id map.</summary>
    internal string Map => string.Create(CultureInfo.InvariantCulture, $"0 {First} {Size}");

    /// <summary>The machine's id of an id inside.</summary>
    internal uint Outside(uint inside) => First + inside;

    /// <summary>One that no other sandbox of this process has, until it is given back.</summary>
    /// <exception cref="SandboxException">There is none left.</exception>
    internal static UserRange Take()
    {
        lock (Gate)
        {
            for (uint tries = 0; tries < Count; tries++)
            {
                var range = next++ % Count;
                if (Taken.Add(range))
                    return new(Lowest + (range * Size));
            }
        }

        throw new SandboxException($"There are {Count} sandboxes: no user ids are left for one more.");
    }

    internal void GiveBack()
    {
        lock (Gate)
            Taken.Remove((First - Lowest) / Size);
    }
}
