using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>The daemon's memory after ten million lines, against that after two million.</summary>
internal sealed class LinesMemory : IMeasurement
{
    private const int Millions = 10, EarlyMillions = 2, Samples = 5;
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
        var early = 0.0;
        for (var million = 1; million <= Millions; million++)
        {
            Workbench.Say($"{Name}: {million} of {Millions} million");
            _ = client.Invoke(request);
            if (million == EarlyMillions)
                early = Megabytes(daemon);
        }

        var late = Megabytes(daemon);
        const string What = "daemon's memory after 10 million lines, against 2 million";
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
