using System.Text;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// The first invoke of a published version that is restored from its snapshot, against that of <c>$LATEST</c>, which is initialised: the
/// same code, memory and isolation. A function of its own for each round. Takes root and CRIU.
/// </summary>
internal sealed class Restores : IMeasurement
{
    private const int EventBytes = 1024, WarmUp = 1;
    private const double LeastOfImports = 2.5, LeastOfSlowInit = 10;

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

    public string Name => "restore";

    public IEnumerable<Row> Run(Workbench bench)
    {
        var (folder, _) = bench.CreateFunctions(Name);
        using var daemon = Server.StartDaemon(bench, folder, data: bench.NewFolder($"data-{Name}"), isolation: "namespaces");
        yield return Fight(bench, daemon, "python, heavy imports", "python3.12", "app.handler", "app.py", HeavyPython, LeastOfImports);
        yield return Fight(bench, daemon, "node, heavy imports", "nodejs20.x", "app.handler", "app.cjs", HeavyNode, LeastOfImports);
        yield return Fight(bench, daemon, "python, Init of 2 s", "python3.12", "app.handler", "app.py", SlowPython, LeastOfSlowInit);
        daemon.Program.Terminate();
    }

    private static Row Fight(
        Workbench bench, Server daemon, string what, string runtime, string handler, string file, string code, double target)
    {
        var rounds = bench.Options.Rounds;
        var prefix = string.Concat(what.Where(char.IsAsciiLetterOrDigit));
        var zip = ServiceApi.Zip(file, Encoding.ASCII.GetBytes(code));
        var names = Enumerable.Range(0, rounds + WarmUp).Select(i => $"{prefix}-{i}").ToArray();
        foreach (var name in names)
        {
            ServiceApi.Create(daemon.Port, name, zip, runtime, handler, memoryMegabytes: 1769, snapStart: true);
            ServiceApi.AwaitActive(daemon.Port, name);
            ServiceApi.Publish(daemon.Port, name, "live");
            ServiceApi.AwaitActive(daemon.Port, name, "1");
        }

        _ = (First(names[rounds], null), First(names[rounds], "1"));
        var duel = Duel.Fight(what, rounds, round => First(names[round], null), round => First(names[round], "1"));
        return Row.AtLeast($"cold start, against restore, {what}", "ms", duel, target);

        double First(string name, string? qualifier)
        {
            Environments.AwaitReadySandboxes(daemon);
            using var client = new Client(daemon.Port);
            return client.Invoke(Request.Invoke(name, EventBytes, qualifier)).TotalMilliseconds;
        }
    }
}
