using System.Diagnostics;
using System.Globalization;

namespace Thaw.Bench.Driver.Programs;

/// <summary>A control group with one process that sleeps: the least that freezing and thawing can cost.</summary>
internal sealed class BareFreezer : IDisposable
{
    private readonly string group;
    private readonly Child sleeper;

    internal BareFreezer(Workbench bench)
    {
        var mount = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).FirstOrDefault(words => words[2] == "cgroup2")
            ?? throw new BenchException("there is no cgroup2 mount: nothing can be frozen here");
        group = Path.Combine(mount[1], $"thaw-bench-{Environment.ProcessId}");
        Directory.CreateDirectory(group);
        sleeper = Child.Start("/bin/sleep", ["1000"], [], "/", bench.NewLog("sleeper"));
        Write("cgroup.procs", sleeper.Pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>To stop it and let it go on, in microseconds; the median of a few.</summary>
    internal double RoundTripMicroseconds() => Statistics.Median(Enumerable.Range(0, 11).Select(_ => RoundTrip()));

    public void Dispose()
    {
        sleeper.Dispose();
        Directory.Delete(group);
    }

    private double RoundTrip()
    {
        var began = Stopwatch.GetTimestamp();
        Become(frozen: true);
        Become(frozen: false);
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }

    private void Become(bool frozen)
    {
        var (order, state) = frozen ? ("1", "frozen 1") : ("0", "frozen 0");
        Write("cgroup.freeze", order);
        while (!File.ReadAllText(Path.Combine(group, "cgroup.events")).Contains(state, StringComparison.Ordinal))
            Thread.Sleep(0);
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(group, file), text);
}
