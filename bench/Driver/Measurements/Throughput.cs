namespace Thaw.Bench.Driver.Measurements;

/// <summary>Many clients on as many environments, on all CPUs.</summary>
internal sealed class Throughput : IMeasurement
{
    private const int EventBytes = 1024;

    public string Name => "throughput";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Unpin();
        var (folder, functions) = bench.CreateFunctions(Name, ("native", bench.Languages.Native));
        using var daemon = Server.StartDaemon(bench, folder);
        Environments.Open(daemon, functions[0], Environments.Many);
        using var floor = Server.StartFloor(bench, functions[0], Environments.Many);

        using var thaw = new Crowd(daemon.Port, Environments.Many);
        using var bare = new Crowd(floor.Port, Environments.Many);
        var request = Request.Invoke(functions[0].Name, EventBytes);
        var duration = TimeSpan.FromMilliseconds(bench.Options.Quick ? 500 : 1_000);
        _ = thaw.RequestsPerSecond(request, duration);
        _ = bare.RequestsPerSecond(request, duration);
        var duel = Duel.Fight(
            $"{Environments.Many} clients",
            bench.Options.Rounds,
            _ => thaw.RequestsPerSecond(request, duration),
            _ => bare.RequestsPerSecond(request, duration));
        yield return Row.AtLeast($"{Environments.Many} clients, native, not pinned", "/s", duel, 0.6);

        // More than there are clients: some invokes found no environment free, and waited for a new one.
        yield return new Row("environments that it took", "", Environments.Count(daemon), Environments.Many, null, null, null, []);
        var megabytes = daemon.Program.ResidentBytes() / 1e6;
        yield return new Row("daemon's memory after that", "MB", megabytes, null, null, null, null, []);
        daemon.Program.Terminate();
    }
}
