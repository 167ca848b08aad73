using System.Diagnostics;
using Thaw.Bench.Wire;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>One client, one environment that is ready, one small event after the other.</summary>
internal sealed class Warm : IMeasurement
{
    private const int EventBytes = 1024;

    public string Name => "warm";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var languages = bench.Languages;
        var (folder, functions) = bench.CreateFunctions(Name, ("native", languages.Native), ("node", languages.Node));
        using var daemon = Server.StartDaemon(bench, folder);
        foreach (var (function, target) in functions.Zip([1.5, 1.3]))
        {
            using var floor = Server.StartFloor(bench, function, environments: 1);
            yield return Row.AtMost($"warm invoke, {function.Name}, p50", "us", Compare(bench, daemon, floor, function), target);
            if (function.Language == languages.Native)
            {
                var duel = CompareWithPingPong(bench, floor, function);
                yield return Row.Of("the floor itself, against TCP ping-pong", "us", duel, target: null, passes: null);
            }
        }

        daemon.Program.Terminate();
    }

    private static int Count(Workbench bench) => bench.Options.Quick ? 300 : 1_000;

    private static Duel Compare(Workbench bench, Server daemon, Server floor, Function function)
    {
        var (request, count) = (Request.Invoke(function.Name, EventBytes), Count(bench));
        using var thaw = new Client(daemon.Port);
        using var bare = new Client(floor.Port);

        // The first is a cold start, and compilers of runtimes need some hundred calls.
        _ = thaw.MedianMicroseconds(request, count);
        _ = bare.MedianMicroseconds(request, count);
        return Duel.Fight(
            $"warm, {function.Name}",
            bench.Options.Rounds,
            _ => thaw.MedianMicroseconds(request, count),
            _ => bare.MedianMicroseconds(request, count));
    }

    private static Duel CompareWithPingPong(Workbench bench, Server floor, Function function)
    {
        var (request, count) = (Request.Invoke(function.Name, EventBytes), Count(bench));
        using var pingPong = Server.StartPingPong(bench);
        using var bare = new Client(floor.Port);
        var fd = Tcp.Connect(pingPong.Port);
        return Duel.Fight("ping-pong", bench.Options.Rounds, _ => bare.MedianMicroseconds(request, count), _ => PingPong(fd, count));
    }

    private static double PingPong(int fd, int count)
    {
        var (ball, back, times) = (new byte[EventBytes], new byte[EventBytes], new double[count]);
        Random.Shared.NextBytes(ball);
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Tcp.Send(fd, ball);
            Tcp.Receive(fd, back);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
            if (!back.AsSpan().SequenceEqual(ball))
                throw new BenchException("the ball that came back is another");
        }

        return Statistics.Median(times);
    }
}
