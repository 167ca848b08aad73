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

    // Sandboxes come and go in the lower half. A snapshot keeps the ids that its original had for as long as it is there, daemon after
    // daemon, so those come from the upper one.
    private const uint Kept = Count / 2;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<uint, int> Taken = [];
    private static uint next;
    private static uint nextKept = (uint)Random.Shared.Next((int)Kept);

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
    /// <param name="forSnapshot">It will be a snapshot's, too.</param>
    internal static UserRange Take(bool forSnapshot = false)
    {
        lock (Gate)
        {
            for (uint tries = 0; tries < Kept; tries++)
            {
                var range = forSnapshot ? Kept + (nextKept++ % Kept) : next++ % Kept;
                if (Taken.TryAdd(range, 1))
                    return new(Lowest + (range * Size));
            }
        }

        throw new SandboxException($"There are {Kept} sandboxes: no user ids are left for one more.");
    }

    /// <summary>The one that a snapshot has, for one more who needs it, until it is given back.</summary>
    /// <param name="first">See <see cref="First"/>.</param>
    /// <exception cref="SandboxException">There is no such range.</exception>
    internal static UserRange Share(uint first)
    {
        if (first < Lowest || (first - Lowest) % Size != 0 || (first - Lowest) / Size is not (>= Kept and < Count))
            throw new SandboxException($"the user ids from {first} on are not a snapshot's");
        lock (Gate)
        {
            var range = (first - Lowest) / Size;
            Taken[range] = Taken.GetValueOrDefault(range) + 1;
        }

        return new(first);
    }

    internal void GiveBack()
    {
        if (onlyGroup is not null)
            return;
        var range = (First - Lowest) / Size;
        lock (Gate)
        {
            if (Taken.GetValueOrDefault(range) <= 1)
                Taken.Remove(range);
            else
                Taken[range]--;
        }
    }

    private string MapFrom(uint first) => onlyGroup is null
        ? string.Create(CultureInfo.InvariantCulture, $"0 {first} {Size}")
        : string.Create(CultureInfo.InvariantCulture, $"{RootFileSystem.UserId} {first} 1");
}
