using System.Diagnostics;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>From the start of the program to the line that says it listens.</summary>
internal sealed class Readiness : IMeasurement
{
    public string Name => "ready";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var (folder, _) = bench.CreateFunctions(Name, ("native", bench.Languages.Native));
        _ = (Daemon(0), Kestrel(0));
        var duel = Duel.Fight("ready", bench.Options.Rounds, Daemon, Kestrel);
        yield return Row.AtMost("time to ready, against bare Kestrel", "ms", duel, 1.5);

        double Daemon(int round)
        {
            var began = Stopwatch.GetTimestamp();
            using var daemon = Server.StartDaemon(bench, folder);
            var elapsed = Stopwatch.GetElapsedTime(began);
            daemon.Program.Terminate();
            return elapsed.TotalMilliseconds;
        }

        double Kestrel(int round)
        {
            var began = Stopwatch.GetTimestamp();
            using var kestrel = Server.StartKestrel(bench);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
    }
}
