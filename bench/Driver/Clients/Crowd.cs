using System.Diagnostics;
using Thaw.Bench.Wire;

namespace Thaw.Bench.Driver.Clients;

/// <summary>Many clients in one thread, each with one invoke under way at a time.</summary>
internal sealed class Crowd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<int, Client> clients = [];
    private readonly Epoll epoll = new();

    internal Crowd(int port, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var client = new Client(port);
            clients.Add(client.Fd, client);
            epoll.Add(client.Fd);
        }
    }

    /// <summary>One invoke by each client at the same time.</summary>
    internal void InvokeOnce(Request request) => _ = Run(request, TimeSpan.Zero);

    /// <summary>Every client asks again as soon as it has its answer. Gives answers per second.</summary>
    internal double RequestsPerSecond(Request request, TimeSpan duration) => Run(request, duration) / duration.TotalSeconds;

    /// <summary>So many requests in all, each client asking again as soon as it has its answer. Gives answers per second.</summary>
    /// <param name="prepare">Called before each is sent; it may alter the request.</param>
    internal double RequestsPerSecond(Request request, int count, Action prepare)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var client in clients.Values)
            Send(client);

        var (sent, open) = (clients.Count, clients.Count);
        while (open > 0)
        {
            var ready = AwaitAnswers(open);
            for (var i = 0; i < ready; i++)
            {
                var client = clients[epoll[i]];
                if (!client.Receive(request))
                    continue;
                if (sent++ < count)
                    Send(client);
                else
                    open--;
            }
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;

        void Send(Client client)
        {
            prepare();
            client.Send(request);
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Dispose();
        epoll.Close();
    }

    // Gives the answers that came in time; those under way are awaited, but not counted.
    private int Run(Request request, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var client in clients.Values)
            client.Send(request);

        var (inTime, open) = (0, clients.Count);
        while (open > 0)
        {
            var count = AwaitAnswers(open);
            var goesOn = Stopwatch.GetElapsedTime(began) < duration;
            for (var i = 0; i < count; i++)
            {
                var client = clients[epoll[i]];
                if (!client.Receive(request))
                    continue;
                if (goesOn)
                {
                    inTime++;
                    client.Send(request);
                }
                else
                {
                    open--;
                }
            }
        }

        return inTime;
    }

    private int AwaitAnswers(int open) => epoll.Wait((int)Patience.TotalMilliseconds) is var count and > 0
        ? count
        : throw new BenchException($"{open} of {clients.Count} invokes got no answer");
}
