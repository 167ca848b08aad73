namespace Thaw.Bench.Driver.Measurements;

/// <summary>Environments of namespaces against those of plain processes, as callers feel them.</summary>
internal sealed class Isolation : IMeasurement
{
    /// <summary>What makes one processor.</summary>
    private const int MemoryMegabytes = 1769;

    private const int EventBytes = 1024, WarmUp = 2, PacedInvokes = 10;
    private const double MostTimes = 1.1;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    public string Name => "isolation";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var rounds = bench.Options.Rounds;
        var names = Enumerable.Range(0, rounds + WarmUp).Select(i => ($"cold-{i}", bench.Languages.Native));
        var (folder, functions) = bench.CreateFunctions(Name, [.. names, ("warm", bench.Languages.Native)]);
        foreach (var function in functions)
            function.WithMemory(MemoryMegabytes);
        using var namespaces = Start(bench, folder, "namespaces");
        using var processes = Start(bench, folder, "process");
        yield return Cold(bench, namespaces, processes, functions[..^1]);
        yield return Warm(bench, namespaces, processes, functions[^1]);
        yield return Paced(bench, namespaces, processes, functions[^1]);
        namespaces.Program.Terminate();
        processes.Program.Terminate();
    }

    private static Server Start(Workbench bench, string folder, string isolation) =>
        Server.StartDaemon(bench, folder, data: bench.NewFolder($"data-{isolation}"), isolation: isolation);

    private static Row Cold(Workbench bench, Server namespaces, Server processes, Function[] functions)
    {
        var rounds = bench.Options.Rounds;
        for (var i = rounds; i < functions.Length; i++)
            _ = (First(namespaces, i), First(processes, i));
        var duel = Duel.Fight("cold, isolated", rounds, round => First(namespaces, round), round => First(processes, round));
        return Row.AtMost("cold start in namespaces, against processes", "ms", duel, MostTimes);

        double First(Server daemon, int i)
        {
            Environments.AwaitReadySandboxes(daemon);
            using var client = new Client(daemon.Port);
            return client.Invoke(Request.Invoke(functions[i].Name, EventBytes)).TotalMilliseconds;
        }
    }

    private static Row Warm(Workbench bench, Server namespaces, Server processes, Function function)
    {
        var (request, count) = (Request.Invoke(function.Name, EventBytes), bench.Options.Quick ? 300 : 1_000);
        using var isolated = new Client(namespaces.Port);
        using var plain = new Client(processes.Port);
        _ = (Isolated(0), Plain(0));
        var duel = Duel.Fight("warm, isolated", bench.Options.Rounds, Isolated, Plain);
        return Row.AtMost("warm invoke in namespaces, against processes, p50", "us", duel, MostTimes);

        double Isolated(int round) => isolated.MedianMicroseconds(request, count);

        double Plain(int round) => plain.MedianMicroseconds(request, count);
    }

    // Between two of them every environment is frozen.
    private static Row Paced(Workbench bench, Server namespaces, Server processes, Function function)
    {
        var request = Request.Invoke(function.Name, EventBytes);
        using var isolated = new Client(namespaces.Port);
        using var plain = new Client(processes.Port);
        using var freezer = new BareFreezer(bench);
        var bare = new List<double>();
        _ = (Paced(isolated), Paced(plain));
        var duel = Duel.Fight(
            "paced",
            bench.Options.Rounds,
            _ => Paced(isolated),
            _ =>
            {
                bare.Add(freezer.RoundTripMicroseconds());
                return Paced(plain);
            });
        var over = Statistics.Median(duel.Rounds.Zip(bare, (round, trip) => round[0] - round[1] - (2 * trip)));
        var target = FormattableString.Invariant($"<= 1 x + 2 x {Statistics.Median(bare):0} us");
        return Row.Of("invokes at ten a second in namespaces, frozen between, against processes, p50", "us", duel, target, over <= 0);

        double Paced(Client client)
        {
            var times = new double[PacedInvokes];
            for (var i = 0; i < times.Length; i++)
            {
                Thread.Sleep(Pace);
                times[i] = client.Invoke(request).TotalMicroseconds;
            }

            return Statistics.Median(times);
        }
    }
}
