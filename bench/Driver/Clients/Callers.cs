namespace Thaw.Bench.Driver.Clients;

/// <summary>Callers who take turns: as many as the daemon has threads for sockets, which connections get one after the other.</summary>
internal sealed class Callers(int port) : IDisposable
{
    private const int FewestInvokes = 20;

    private readonly Client[] clients = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Client(port))];

    public void Dispose() => Array.ForEach(clients, client => client.Dispose());

    /// <summary>The mean of their medians, of so many invokes in all.</summary>
    internal double MedianMicroseconds(Request request, int count) =>
        clients.Average(client => client.MedianMicroseconds(request, Math.Max(count / clients.Length, FewestInvokes)));
}
