using System.Globalization;
using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>A warm invoke beside an extension that has subscribed to all telemetry, against the same that has not.</summary>
internal sealed class Telemetry : IMeasurement
{
    private const int EventBytes = 1024;

    public string Name => "telemetry";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var native = bench.Languages.Native;
        var (folder, functions) = bench.CreateFunctions(Name, ("subscribed", native), ("alone", native));

        // Kept until the daemon has a port of its own: another.
        var reserved = Tcp.Listen(out var port);
        functions[0].WithExtension(bench.NativeExtension, "BENCH_SUBSCRIBER_PORT", port.ToString(CultureInfo.InvariantCulture));
        functions[1].WithExtension(bench.NativeExtension, "BENCH_NOTHING", "1");
        using var daemon = Server.StartDaemon(bench, folder);
        _ = Syscalls.close(reserved);
        using var subscribed = new Client(daemon.Port);
        using var alone = new Client(daemon.Port);
        var count = bench.Options.Quick ? 300 : 1_000;
        _ = (Subscribed(0), Alone(0));
        var before = Received();
        var duel = Duel.Fight("telemetry", bench.Options.Rounds, Subscribed, Alone);

        // Of a record for each invoke, the shortest has more bytes than this.
        if (Received() - before < bench.Options.Rounds * count * 100)
            throw new BenchException("the subscriber did not get what it had subscribed to");
        yield return Row.AtMost("warm invoke with a telemetry subscriber, against one without, p50", "us", duel, 1.25);
        daemon.Program.Terminate();

        double Subscribed(int round) => subscribed.MedianMicroseconds(Request.Invoke(functions[0].Name, EventBytes), count);

        double Alone(int round) => alone.MedianMicroseconds(Request.Invoke(functions[1].Name, EventBytes), count);

        long Received() => long.Parse(Question.Get(port, "/"), CultureInfo.InvariantCulture);
    }
}
