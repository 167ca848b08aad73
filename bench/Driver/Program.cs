using System.Runtime.InteropServices;
using Thaw.Bench.Driver;
using Thaw.Bench.Driver.Measurements;
using Thaw.Linux;

// driver ROOT PROGRAMS [options]: called by ./bench/run, which has built everything.
IMeasurement[] all =
[
    new Warm(), new Throughput(), new ColdStart(), new LargePayload(), new Memory(), new Readiness(), new FirstInvoke(),
    new Telemetry(), new Lines(), new LinesMemory(), new Alias(), new Registered(), new Events(),
    new SandboxReady(), new Isolation(), new IdleEnvironments(), new Restores(),
];
var (root, programs) = (args[0], args[1]);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
var rows = new List<Row>();
try
{
    var options = Options.Parse(args[2..], [.. all.Select(measurement => measurement.Name)]);
    var artifacts = Path.Combine(root, "artifacts");
    var bench = new Workbench(options, programs, Path.Combine(artifacts, "thaw/thaw"), Path.Combine(artifacts, "bench/work"));
    var loadBefore = Machine.Load;
    foreach (var measurement in all.Where(each => options.Only.Count == 0 || options.Only.Contains(each.Name)))
        rows.AddRange(measurement.Run(bench));

    var results = new Results(bench.Machine.Description, loadBefore, Machine.Load, options.Rounds, rows);
    File.WriteAllText(Path.Combine(artifacts, "bench/results.json"), results.ToJson());
    if (options.Json is { } file)
        File.WriteAllText(file, results.ToJson());
    Console.Write(options.Markdown ? Table.Markdown(rows) : Table.Plain(rows));
    Workbench.Say($"{results.Machine}; load {results.LoadBefore} before, {results.LoadAfter} after");
    Workbench.Say("all rounds are in artifacts/bench/results.json");
    return 0;
}
catch (Exception failure) when (failure is BenchException or LinuxException or IOException)
{
    // What was measured before is worth seeing, but is no result.
    Console.Error.Write(Table.Plain(rows));
    Workbench.Say($"failed: {failure.Message}");
    return 1;
}
finally
{
    Child.KillAll();
}

static void End(PosixSignalContext context)
{
    Child.KillAll();
    Environment.Exit(130);
}
