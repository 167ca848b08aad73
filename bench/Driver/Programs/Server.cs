using System.Globalization;

namespace Thaw.Bench.Driver.Programs;

/// <summary>Something that takes invocations over HTTP: the daemon, or the floor with its runtimes.</summary>
internal sealed class Server : IDisposable
{
    private readonly List<Child> runtimes = [];

    private Server(Child program, int port) => (Program, Port) = (program, port);

    internal Child Program { get; }

    internal int Port { get; }

    /// <param name="error">A descriptor for its standard error, where the log of the functions goes too.</param>
    /// <param name="data">A data directory of its own.</param>
    /// <param name="isolation">The floor has none either, unless it says so.</param>
    /// <param name="more">Further arguments.</param>
    internal static Server StartDaemon(
        Workbench bench, string functions, int? error = null, string? data = null, string isolation = "process", string[]? more = null)
    {
        var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "up", "--functions", functions, "--port", port, "--isolation", isolation,
            .. data is null ? [] : new[] { "--data", data },
            .. more ?? [],
        ];
        var program = bench.Start(bench.Thaw, (null, null, error), arguments);
        return new Server(program, PortOf(program.AwaitLine("thaw: listening on ")));
    }

    /// <summary>The floor with so many runtimes of a function, each waiting for its first event.</summary>
    /// <param name="stdout">A descriptor for the runtimes' standard output.</param>
    internal static Server StartFloor(Workbench bench, Function function, int environments, int? stdout = null)
    {
        var program = bench.Start(bench.Floor);
        var said = program.AwaitLine("floor: listening on ").Split(", runtimes on ");
        var server = new Server(program, PortOf(said[0]));
        for (var i = 0; i < environments; i++)
            server.runtimes.Add(function.StartBare(said[1], bench.NewLog($"floor-{function.Name}"), stdout));

        var wanted = environments.ToString(CultureInfo.InvariantCulture);
        for (var tries = 0; Question.Get(server.Port, "/environments") is var parked && parked != wanted; tries++)
        {
            if (tries == 2_000)
                throw new BenchException($"the floor's runtimes do not come: {parked} of {wanted}");
            Thread.Sleep(10);
        }

        return server;
    }

    internal static Server StartPingPong(Workbench bench)
    {
        var program = bench.Start(bench.Floor, "ping-pong");
        return new Server(program, PortOf(program.AwaitLine("floor: listening on ")));
    }

    internal static Server StartKestrel(Workbench bench)
    {
        var program = bench.Start(bench.BareKestrel);
        return new Server(program, PortOf(program.AwaitLine("bare-kestrel: listening on ")));
    }

    public void Dispose()
    {
        Program.Dispose();
        foreach (var runtime in runtimes)
            runtime.Dispose();
    }

    private static int PortOf(string url) => new Uri(url).Port;
}
