using System.Globalization;
using System.Net;
using Thaw.Linux;

namespace Thaw.Sandboxing.Networks;

/// <summary>
/// A way out for sandboxes, and no way to each other or to the machine.
/// <code>
///   sandbox: eth0 10.201.0.1 --- tw3k5-0 10.201.0.0 :machine: masquerade -- whatever its default route is
///   sandbox: eth0 10.201.0.3 --- tw3k5-1 10.201.0.2 :
/// </code>
/// Each has a line (/31) of its own. All calls block for milliseconds: not for a socket's thread. May be used by many at a time. It works
/// in the network namespace of the thread that starts it and disposes of it, which is the machine's for all but tests.
/// </summary>
public sealed class NatNetwork : IDisposable
{
    private const string GuestName = "eth0";

    private const byte LinePrefix = 31, AliasPrefix = 32;

    private static readonly string[] UsualRanges = ["10.201.0.0/16", "10.217.0.0/16", "172.29.0.0/16", "192.168.240.0/20", "100.96.0.0/16"];

    private readonly NatTables tables;
    private readonly NatTable table;
    private readonly RouteSocket routes;
    private readonly Lock gate = new();
    private readonly SortedSet<int> freed = [];
    private int next;
    private bool disposed;

    private NatNetwork(NatTables tables, NatTable table, NameResolution names, RouteSocket routes) =>
        (this.tables, this.table, Names, this.routes) = (tables, table, names, routes);

    public AddressRange Range => table.Range;

    /// <summary>How names resolve in a sandbox.</summary>
    public NameResolution Names { get; }

    /// <summary>Takes away what dead daemons have left here, and sets up the rules. Packets are forwarded from now on.</summary>
    /// <exception cref="SandboxException">This machine cannot; the message says why, and what helps.</exception>
    public static NatNetwork Start(NatNetworkOptions options) => Translated(() =>
    {
        var tables = NatTables.OfThisMachine();
        var all = tables.List();
        var living = all.Where(other => other.IsAlive).ToList();
        var wasOff = !Forwarding.IsOn || all.Any(other => other.SwitchedForwarding);
        var table = NatTable.OfThisProcess(ChooseRange(options.Range, living), wasOff);
        var names = NameResolution.OfThisMachine(options.Nameservers);
        var routes = new RouteSocket();
        try
        {
            DeleteLinks(routes, living);
            tables.Replace(all.Except(living), table.Rules(names.Servers));
            if (!Forwarding.IsOn)
                Forwarding.Switch(on: true);
            return new NatNetwork(tables, table, names, routes);
        }
        catch
        {
            routes.Dispose();
            throw;
        }
    });

    /// <summary>Takes away what dead daemons have left, for a daemon that needs no such network itself.</summary>
    public static void Sweep()
    {
        // Who could not make a table has none.
        if (HostProgram.Find("nft") is not { } nft)
            return;
        _ = Translated(() =>
        {
            var tables = new NatTables(nft);
            var all = tables.List();
            var living = all.Where(table => table.IsAlive).ToList();
            using var routes = new RouteSocket();
            DeleteLinks(routes, living);
            tables.Replace(all.Except(living), "");
            if (living.Count == 0 && all.Any(table => table.SwitchedForwarding))
                Forwarding.Switch(on: false);
            return 0;
        });
    }

    /// <summary>Whether all of it works here, tried in a network namespace of its own that nobody notices; null when it does.</summary>
    public static string? WhyNot() => NamespaceThread.Run(() =>
    {
        if (Syscalls.unshare(Syscalls.CLONE_NEWNET) < 0)
            return "no network namespace can be made: it takes root";
        try
        {
            using var network = Start(new());
            network.Connect(Syscalls.gettid()).Dispose();
            return null;
        }
        catch (SandboxException failure)
        {
            return failure.Message;
        }
    });

    /// <summary>Gives a network namespace a link, an address and a default route. Its loopback is its owner's business.</summary>
    /// <param name="pid">Somebody in it.</param>
    /// <param name="alias">
    /// One more address, which others may have as well: nothing comes in there, and nothing that is sent from there goes further than
    /// to the machine. It is for sockets of a clone that belong to the address that its original had, and is never the link's own, for
    /// whoever the original was connected to may not have noticed that it is gone.
    /// </param>
    /// <exception cref="SandboxException">The process is gone, or all addresses are in use.</exception>
    public NatLink Connect(int pid, IPAddress? alias = null) => Translated(() =>
    {
        var pair = Take(alias);
        try
        {
            return Connect(pid, pair, alias);
        }
        catch
        {
            Free(pair);
            throw;
        }
    });

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            foreach (var (name, index) in routes.Links())
            {
                if (name.StartsWith(table.LinkPrefix, StringComparison.Ordinal))
                    routes.Delete(index);
            }

            routes.Dispose();
        }

        tables.Replace([table], "");
        if (table.SwitchedForwarding && !tables.List().Any(other => other.IsAlive))
            Forwarding.Switch(on: false);
    }

    internal void Disconnect(int index, int pair)
    {
        try
        {
            lock (gate)
            {
                if (!disposed)
                    routes.Delete(index);
            }
        }
        finally
        {
            Free(pair);
        }
    }

    private static AddressRange ChooseRange(AddressRange? asked, List<NatTable> living)
    {
        var taken = RoutesHere().ToList();
        if (asked is { } wanted)
        {
            return IsFree(wanted) ? wanted : throw new SandboxException(
                $"The addresses {wanted} are in use on this machine already (see ip route); set another range for sandboxes.");
        }

        return UsualRanges.Select(AddressRange.Parse).FirstOrDefault(range => IsFree(range!.Value))
            ?? throw new SandboxException($"None of {string.Join(", ", UsualRanges)} is free on this machine; set a range for sandboxes.");

        bool IsFree(AddressRange range) =>
            !living.Exists(other => other.Range.Overlaps(range)) && !taken.Exists(route => range.Overlaps(route.Network, route.Prefix));
    }

    // Columns 2 and 8 of /proc/net/route, in hexadecimal, as they lie in memory; and the lines of the dead do not count.
    private static IEnumerable<(IPAddress Network, int Prefix)> RoutesHere() =>
        from line in File.ReadLines("/proc/thread-self/net/route").Skip(1)
        let fields = line.Split('\t')
        let mask = uint.Parse(fields[7], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        where mask != 0 && !fields[0].StartsWith(NatTable.AnyLink, StringComparison.Ordinal)
        select (new IPAddress(uint.Parse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            System.Numerics.BitOperations.PopCount(mask));

    private static void DeleteLinks(RouteSocket routes, List<NatTable> living)
    {
        foreach (var (name, index) in routes.Links())
        {
            var isOurs = name.StartsWith(NatTable.AnyLink, StringComparison.Ordinal) && name.Contains('-', StringComparison.Ordinal);
            if (isOurs && !living.Exists(table => name.StartsWith(table.LinkPrefix, StringComparison.Ordinal)))
                routes.Delete(index);
        }
    }

    private static T Translated<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is LinuxException or IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"No network for sandboxes here and now: {failure.Message}", failure);
        }
    }

    private NatLink Connect(int pid, int pair, IPAddress? alias)
    {
        var (host, guest) = Range.PairAt(pair);
        var (ofHost, ofGuest) = (host.GetAddressBytes(), guest.GetAddressBytes());
        var name = string.Create(CultureInfo.InvariantCulture, $"{table.LinkPrefix}{pair}");
        int index;
        lock (gate)
        {
            routes.AddPair(name, GuestName, pid);
            index = routes.IndexOf(name);
        }

        try
        {
            lock (gate)
            {
                routes.AddAddress(index, ofHost, ofHost, LinePrefix);
                routes.SetUp(index);
            }

            using var inside = NamespaceThread.Run(() => OpenInside(pid));
            var eth0 = inside.IndexOf(GuestName);
            inside.AddAddress(eth0, ofGuest, ofGuest, LinePrefix);
            if (alias is not null)
                inside.AddAddress(eth0, alias.GetAddressBytes(), alias.GetAddressBytes(), AliasPrefix);
            inside.SetUp(eth0);
            inside.AddDefaultRoute(eth0, ofHost);
            return new NatLink(this, pair, name, index);
        }
        catch
        {
            lock (gate)
                routes.Delete(index);
            throw;
        }
    }

    // A socket stays in the namespace in which it was opened.
    private static RouteSocket OpenInside(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net");
        using var place = new FileDescriptor(LinuxException.ThrowIfFailed(
            Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), path));
        LinuxException.ThrowIfFailed(Syscalls.setns(place.Number, Syscalls.CLONE_NEWNET), "setns");
        return new RouteSocket();
    }

    private int Take(IPAddress? alias)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            foreach (var pair in freed.Concat(Enumerable.Range(next, Range.Pairs - next)))
            {
                if (Range.PairAt(pair).Guest.Equals(alias))
                    continue;
                freed.Remove(pair);
                while (next < pair)
                    freed.Add(next++);
                next = Math.Max(next, pair + 1);
                return pair;
            }
        }

        throw new SandboxException(alias is null
            ? $"All {Range.Pairs} lines of the network {Range} are in use (fix: set a larger range)."
            : $"No line of the network {Range} is free but that which a clone's original had (fix: set a larger range).");
    }

    private void Free(int pair)
    {
        lock (gate)
            freed.Add(pair);
    }
}
