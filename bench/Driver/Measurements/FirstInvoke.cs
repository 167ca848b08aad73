namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// A daemon's first invoke of an environment that is ready, against its hundredth. An environment gets ready only by a first, cold
/// invoke, so it is the daemon's second that is measured, as the hundredth right behind the one before; a new daemon for each round.
/// </summary>
internal sealed class FirstInvoke : IMeasurement
{
    private const int EventBytes = 1024, Hundredth = 100;

    public string Name => "first";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var (folder, functions) = bench.CreateFunctions(Name, ("native", bench.Languages.Native));
        var request = Request.Invoke(functions[0].Name, EventBytes);
        var hundredth = 0.0;
        var duel = Duel.Fight("first invoke", bench.Options.Rounds, First, _ => hundredth, alternates: false);
        yield return Row.AtMost("first warm invoke (second in all), against the 100th", "us", duel, 5);

        double First(int round)
        {
            using var daemon = Server.StartDaemon(bench, folder);
            using var client = new Client(daemon.Port);
            _ = client.Invoke(request);
            var first = client.Invoke(request).TotalMicroseconds;
            for (var i = 3; i < Hundredth; i++)
                _ = client.Invoke(request);
            hundredth = client.Invoke(request).TotalMicroseconds;
            daemon.Program.Terminate();
            return first;
        }
    }
}
