using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// Which user ids of the machine the ids inside of a sandbox really are, groups alike. The kernel counts some things by user (pipes,
/// keys, watches), so sandboxes that live at the same time have different ones, where the daemon has any to give.
/// </summary>
/// <param name="First">The machine's id of the first.</param>
public sealed record UserRange(uint First)
{
    /// <summary>Ids in a range.</summary>
    private const uint Size = 4096;

    // Far from where people and other containers are, below the largest id that everybody takes.
    private const uint Lowest = 0x70000000, Count = 0x8000;

    private static readonly Lock Gate = new();
    private static readonly HashSet<uint> Taken = [];
    private static uint next;

    // A plain user's daemon has no id to give but its own.
    private readonly uint? onlyGroup;

    private UserRange(uint user, uint group)
        : this(user) => onlyGroup = group;

    /// <summary>The line of the map of users.</summary>
    internal string Map => MapFrom(First);

    /// <summary>The line of the map of groups.</summary>
    internal string GroupMap => MapFrom(onlyGroup ?? First);

    /// <summary>The machine's id of the user who runs inside.</summary>
    internal uint Inhabitant => onlyGroup is null ? First + RootFileSystem.UserId : First;

    /// <summary>This process's own user and group, who are the only ones inside.</summary>
    internal static UserRange OfThisProcess() => new(Syscalls.geteuid(), Syscalls.getegid());

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
        if (onlyGroup is not null)
            return;
        lock (Gate)
            Taken.Remove((First - Lowest) / Size);
    }

    private string MapFrom(uint first) => onlyGroup is null
        ? string.Create(CultureInfo.InvariantCulture, $"0 {first} {Size}")
        : string.Create(CultureInfo.InvariantCulture, $"{RootFileSystem.UserId} {first} 1");
}
