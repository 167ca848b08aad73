using System.Diagnostics;
using System.Text;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// The first invoke of a published version that is restored from its snapshot, against that of <c>$LATEST</c>, which is initialised: the
/// same code, memory and isolation; and restoring, against what CRIU takes alone for a program with the same memory. A function of its
/// own for each round. Takes root and CRIU.
/// </summary>
internal sealed class Restores : IMeasurement
{
    private const int EventBytes = 1024, WarmUp = 1, Many = 20, ManyRounds = 5, EnvironmentsCompared = 4;

    // What many have together must be less than a machine has.
    private const int Memory = 1769, MemoryOfMany = 768;
    private const double LeastOfImports = 2.5, LeastOfSlowInit = 10, MostOfBare = 1.3, MostOfWarm = 1.05;

    // Each uses what is there without packages.
    private const string HeavyPython = """
        import asyncio, ctypes, decimal, difflib, email.message, http.server, json, multiprocessing, sqlite3, ssl, statistics
        import unittest.mock, urllib.request, xml.dom.minidom, zipfile
        table = {str(n): [n] * 8 for n in range(60_000)}
        def handler(event, context): return event
        """;

    private const string HeavyNode = """
        for (const name of require('node:module').builtinModules) if (!name.startsWith('_')) try { require(name); } catch { }
        const table = new Map();
        for (let n = 0; n < 300_000; n++) table.set('key ' + n, { n, words: [n, n + 1] });
        exports.handler = async (event) => event;
        """;

    private const string SlowPython = """
        import time
        began = time.monotonic()
        while time.monotonic() - began < 2: sum(range(10_000))
        def handler(event, context): return event
        """;

    private const string ParkedPython = HeavyPython + """

        import signal
        open('ready', 'w').close()
        signal.pause()
        """;

    private const string ParkedNode = HeavyNode + """

        require('node:fs').writeFileSync('ready', '');
        setInterval(() => {}, 1_000_000);
        """;

    private const string DotnetHandler = "Thaw.Bench.HeavyDotnet::Thaw.Bench.HeavyDotnet.Function::Handle";

    public string Name => "restore";

    public IEnumerable<Row> Run(Workbench bench)
    {
        var (folder, _) = bench.CreateFunctions(Name);
        using var daemon = Server.StartDaemon(bench, folder, data: bench.NewFolder($"data-{Name}"), isolation: "namespaces");
        var python = OfOneFile("python, heavy imports", bench.Languages.Python, "app.py", HeavyPython);
        var node = OfOneFile("node, heavy imports", bench.Languages.Node, "app.cjs", HeavyNode);
        var dotnet = new Restored(bench, daemon, "dotnet, heavy static code", "dotnet10", DotnetHandler, ServiceApi.Zip(bench.HeavyDotnet));
        yield return python.AgainstCold(LeastOfImports);
        yield return node.AgainstCold(LeastOfImports);
        yield return dotnet.AgainstCold(LeastOfImports);
        yield return OfOneFile("python, Init of 2 s", bench.Languages.Python, "app.py", SlowPython).AgainstCold(LeastOfSlowInit);

        var barePython = new BareCriu(bench, "python", bench.Languages.Python.Program!, "-c", ParkedPython);
        yield return python.AgainstBare(barePython);
        yield return node.AgainstBare(new BareCriu(bench, "node", bench.Languages.Node.Program!, "-e", ParkedNode));
        yield return dotnet.AgainstBare(new BareCriu(
            bench, "dotnet", Languages.Dotnet(), Path.Combine(bench.HeavyDotnet, "Thaw.Bench.HeavyDotnet.dll")));
        yield return python.ManyAgainstBare(barePython);
        yield return python.Warm();
        daemon.Program.Terminate();

        Restored OfOneFile(string what, Language language, string file, string code) =>
            new(bench, daemon, what, language.Runtime, "app.handler", ServiceApi.Zip(file, Encoding.ASCII.GetBytes(code)));
    }

    private sealed class Restored(Workbench bench, Server daemon, string what, string runtime, string handler, byte[] zip)
    {
        private readonly string prefix = string.Concat(what.Where(char.IsAsciiLetterOrDigit));
        private int made;

        internal Row AgainstCold(double target)
        {
            var names = Make(bench.Options.Rounds + WarmUp);
            _ = (First(names[^1], null), First(names[^1], "1"));
            var duel = Duel.Fight(what, bench.Options.Rounds, round => First(names[round], null), round => First(names[round], "1"));
            return Row.AtLeast($"cold start, against restore, {what}", "ms", duel, target);
        }

        internal Row AgainstBare(BareCriu bare)
        {
            var names = Make(bench.Options.Rounds + WarmUp);
            _ = (Phase(names[^1]), bare.RestoreMilliseconds());
            var duel = Duel.Fight(what, bench.Options.Rounds, round => Phase(names[round]), _ => bare.RestoreMilliseconds());
            return Row.AtMost($"Restore, against a bare `criu restore`, {what}", "ms", duel, MostOfBare);
        }

        internal Row ManyAgainstBare(BareCriu bare)
        {
            var names = Make(ManyRounds, MemoryOfMany);
            var duel = Duel.Fight(what, ManyRounds, round => All(names[round]), _ => bare.RestoreMilliseconds(Many));
            return Row.AtMost($"{Many} clones at once answer, against as many bare restores, {what}", "ms", duel, MostOfBare);
        }

        // Which of the daemon's socket threads a caller has, and which an environment, is chance, and so is where an environment's memory
        // lies. It must not be the difference: several of either kind, and callers of all threads.
        internal Row Warm()
        {
            var names = Make(EnvironmentsCompared);
            using var clients = new Callers(daemon.Port);
            var count = (bench.Options.Quick ? 200 : 1_000) / EnvironmentsCompared;
            _ = (Median("1"), Median(null));
            var duel = Duel.Fight(what, bench.Options.Rounds, _ => Median("1"), _ => Median(null));
            return Row.AtMost($"warm invoke after restore, against an ordinary environment's, {what}, p50", "us", duel, MostOfWarm);

            double Median(string? qualifier) =>
                names.Average(name => clients.MedianMicroseconds(Request.Invoke(name, EventBytes, qualifier), count));
        }

        private string[] Make(int count, int memory = Memory)
        {
            var names = Enumerable.Range(made, count).Select(i => $"{prefix}-{i}").ToArray();
            made += count;
            foreach (var name in names)
            {
                ServiceApi.Create(daemon.Port, name, zip, runtime, handler, memory, snapStart: true);
                ServiceApi.AwaitActive(daemon.Port, name);
                ServiceApi.Publish(daemon.Port, name, "live");
                ServiceApi.AwaitActive(daemon.Port, name, "1");
            }

            return names;
        }

        private double First(string name, string? qualifier)
        {
            Environments.AwaitReadySandboxes(daemon);
            using var client = new Client(daemon.Port);
            return client.Invoke(Request.Invoke(name, EventBytes, qualifier)).TotalMilliseconds;
        }

        private double Phase(string name)
        {
            _ = First(name, "1");
            return Environments.PhaseMilliseconds(daemon, name, "Restore");
        }

        private double All(string name)
        {
            Environments.AwaitReadySandboxes(daemon);
            using var crowd = new Crowd(daemon.Port, Many);
            var began = Stopwatch.GetTimestamp();
            crowd.InvokeOnce(Request.Invoke(name, EventBytes, "1"));
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
    }
}
