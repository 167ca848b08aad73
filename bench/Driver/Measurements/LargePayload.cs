namespace Thaw.Bench.Driver.Measurements;

/// <summary>The largest event, and the same as the response.</summary>
internal sealed class LargePayload : IMeasurement
{
    private const int EventBytes = 6 * 1024 * 1024;

    public string Name => "large";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var (folder, functions) = bench.CreateFunctions(Name, ("native", bench.Languages.Native));
        using var daemon = Server.StartDaemon(bench, folder);
        using var floor = Server.StartFloor(bench, functions[0], environments: 1);
        using var thaw = new Client(daemon.Port);
        using var bare = new Client(floor.Port);
        var request = Request.Invoke(functions[0].Name, EventBytes);
        var count = bench.Options.Quick ? 5 : 11;
        _ = thaw.MedianMicroseconds(request, count);
        _ = bare.MedianMicroseconds(request, count);
        var duel = Duel.Fight("6 MB", bench.Options.Rounds, _ => Milliseconds(thaw), _ => Milliseconds(bare));
        yield return Row.AtMost("6 MB in and out, native, p50", "ms", duel, 2);
        daemon.Program.Terminate();

        double Milliseconds(Client client) => client.MedianMicroseconds(request, count) / 1_000;
    }
}
