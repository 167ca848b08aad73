using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// A daemon with ten thousand stored functions, against one with a single one: a warm invoke of that one. And how long the former takes
/// from its start until that function has answered.
/// </summary>
internal sealed class Registered : IMeasurement
{
    private const int Many = 10_000, CallersAtOnce = 8, EventBytes = 1024, MostStartMilliseconds = 3_000;
    private const string Measured = "measured";

    public string Name => "registered";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Unpin();
        var (folder, _) = bench.CreateFunctions(Name);
        var (many, single) = (bench.NewFolder($"data-{Name}-many"), bench.NewFolder($"data-{Name}-single"));
        Register(bench, folder, many, Many);
        Register(bench, folder, single, 1);

        bench.Machine.Pin();
        var request = Request.Invoke(Measured, EventBytes);
        yield return Start(bench, folder, many, request);

        using var crowded = Server.StartDaemon(bench, folder, data: many);
        using var alone = Server.StartDaemon(bench, folder, data: single);
        using var ofMany = new Client(crowded.Port);
        using var ofOne = new Client(alone.Port);
        var count = bench.Options.Quick ? 300 : 1_000;
        _ = (OfMany(0), OfOne(0));
        var duel = Duel.Fight(Name, bench.Options.Rounds, OfMany, OfOne);
        yield return Row.AtMost("warm invoke, 10,000 functions registered, against 1, p50", "us", duel, 1.1);
        crowded.Program.Terminate();
        alone.Program.Terminate();

        double OfMany(int round) => ofMany.MedianMicroseconds(request, count);

        double OfOne(int round) => ofOne.MedianMicroseconds(request, count);
    }

    private static void Register(Workbench bench, string folder, string data, int count)
    {
        using var daemon = Server.StartDaemon(bench, folder, data: data);
        var small = ServiceApi.Zip(Encoding.ASCII.GetBytes("#!/bin/sh\nexit 1\n"));
        ServiceApi.Create(daemon.Port, Measured, ServiceApi.Zip(File.ReadAllBytes(bench.NativeRuntime)));
        var began = Stopwatch.GetTimestamp();
        Parallel.For(1, count, new ParallelOptions { MaxDegreeOfParallelism = CallersAtOnce }, number =>
        {
            if (number % (Many / 5) == 0)
                Workbench.Say(string.Create(CultureInfo.InvariantCulture, $"registered: {number} of {count}"));
            ServiceApi.Create(daemon.Port, NameOf(number), small);
        });
        Workbench.Say(string.Create(
            CultureInfo.InvariantCulture, $"registered: {count} in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        ServiceApi.AwaitActive(daemon.Port, Measured);
        foreach (var number in Enumerable.Range(1, count - 1))
            ServiceApi.AwaitActive(daemon.Port, NameOf(number));
        daemon.Program.Terminate();
    }

    private static Row Start(Workbench bench, string folder, string data, Request request)
    {
        var median = Statistics.Median(Enumerable.Range(0, bench.Options.Rounds).Select(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            using var daemon = Server.StartDaemon(bench, folder, data: data);
            using var client = new Client(daemon.Port);
            client.Invoke(request);
            var elapsed = Stopwatch.GetElapsedTime(began);
            daemon.Program.Terminate();
            return elapsed.TotalMilliseconds;
        }).ToArray());
        return Row.Below("start with 10,000 functions, up to an answer of one", "ms", median, MostStartMilliseconds);
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"registered-{number:D5}");
}
