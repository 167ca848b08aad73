using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// The daemon's memory after ten million lines, against that after a few: its buffers have become as large as a flood makes them then. What
/// it has after one million or the next differs by some megabytes, so each side is the median of three.
/// </summary>
internal sealed class LinesMemory : IMeasurement
{
    private const int Millions = 10, Few = 5, Readings = 3, Samples = 5;
    private const double Most = 1.1;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public string Name => "lines-memory";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Unpin();
        var (folder, functions) = bench.CreateFunctions(Name, ("lines", bench.Languages.Native));

        // What it shows to whoever watches it would fill the disk.
        using var nothing = new FileDescriptor(SocketCalls.open("/dev/null", SocketCalls.O_WRONLY | Syscalls.O_CLOEXEC, 0));
        using var daemon = Server.StartDaemon(bench, folder, nothing.Number);
        using var client = new Client(daemon.Port);
        var request = Request.Invoke(functions[0].Name, """{"lines":1000000}""");
        var after = new List<double>();
        for (var million = 1; million <= Millions; million++)
        {
            Workbench.Say($"{Name}: {million} of {Millions} million");
            _ = client.Invoke(request);
            after.Add(Megabytes(daemon));
        }

        var early = Statistics.Median(after.Take(Few).TakeLast(Readings));
        var late = Statistics.Median(after.TakeLast(Readings));
        const string What = "daemon's memory after 10 million lines, against 5 million";
        var target = FormattableString.Invariant($"<= {Most}");
        yield return new Row(What, "MB", late, early, late / early, target, late <= early * Most, []);
        daemon.Program.Terminate();
    }

    private static double Megabytes(Server daemon) => Statistics.Median(Enumerable.Range(0, Samples).Select(_ =>
    {
        Thread.Sleep(Pause);
        return daemon.Program.ResidentBytes() / 1e6;
    }));
}
