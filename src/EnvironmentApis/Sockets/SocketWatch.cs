using Thaw.Linux;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// A thread that waits for many sockets at once and goes on with each when something has come; see <see cref="SocketThreads"/>.
/// <code>
///   sockets --epoll--> the thread --Ring--> a connection: reads, decides, answers, waits again
/// </code>
/// .NET's own would do, but for the price: each receive looks for bytes before it waits, and comes back through a queue, an event's
/// arguments and a task. Decision 0049.
/// </summary>
internal sealed class SocketWatch
{
    private static readonly Lazy<SocketWatch[]> All =
        new(static () => [.. Enumerable.Range(0, SocketThreads.Count).Select(_ => new SocketWatch())]);

    private static uint next;

    private readonly Epoll epoll = new();
    private readonly Lock gate = new();
    private readonly Stack<int> free = [];
    private Guest?[] guests = new Guest?[64];
    private int places;
    private uint entered;

    private SocketWatch() => new Thread(Run) { IsBackground = true, Name = "sockets" }.UnsafeStart();

    /// <summary>Each in turn.</summary>
    public static SocketWatch Next() => All.Value[Interlocked.Increment(ref next) % (uint)All.Value.Length];

    /// <summary>From now on it is told what happens to it, what is there already too.</summary>
    /// <returns>For <see cref="HearOfRoom"/> and <see cref="Leave"/>.</returns>
    /// <exception cref="LinuxException">The machine has no room for more.</exception>
    public ulong Enter(LaneSocket socket, int descriptor)
    {
        ulong ticket;
        lock (gate)
        {
            if (!free.TryPop(out var place))
                place = places++;
            if (place == guests.Length)
                Array.Resize(ref guests, 2 * place);

            // An event of whoever had the place before may still be under way.
            ticket = ((ulong)++entered << 32) | (uint)place;
            guests[place] = new Guest(socket, ticket);
        }

        try
        {
            epoll.Add(descriptor, ticket);
            return ticket;
        }
        catch (LinuxException)
        {
            GiveBack(ticket);
            throw;
        }
    }

    /// <summary>It hears of room to write, too, once there is some.</summary>
    public void HearOfRoom(ulong ticket, int descriptor) => epoll.AddRoom(descriptor, ticket);

    /// <summary>It is told nothing more, but for what is just being told. To be called while it is open.</summary>
    public void Leave(ulong ticket, int descriptor)
    {
        epoll.Remove(descriptor);
        GiveBack(ticket);
    }

    private static int PlaceOf(ulong ticket) => (int)(uint)ticket;

    private void GiveBack(ulong ticket)
    {
        lock (gate)
        {
            guests[PlaceOf(ticket)] = null;
            free.Push(PlaceOf(ticket));
        }
    }

    private void Run()
    {
        while (true)
        {
            var count = epoll.Wait();
            for (var at = 0; at < count; at++)
            {
                var (events, ticket) = epoll[at];
                if (Volatile.Read(ref guests)[PlaceOf(ticket)] is { } guest && guest.Ticket == ticket)
                    guest.Socket.Happened(events);
            }
        }
    }

    private sealed record Guest(LaneSocket Socket, ulong Ticket);
}
