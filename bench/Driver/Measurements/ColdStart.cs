using System.Diagnostics;
using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// An invoke that needs a new environment, against the same runtime started bare, up to its first <c>next</c>. Starts come one by one,
/// and so find an empty sandbox ready.
/// </summary>
internal sealed class ColdStart : IMeasurement
{
    private const double MostTimes = 1.15, MostMilliseconds = 5, MostOfPython = 1.5;
    private const int EventBytes = 1024, WarmUp = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Name => "cold";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        foreach (var language in new[] { bench.Languages.Native, bench.Languages.Node, bench.Languages.Python })
            yield return Invoke(bench, language);
        yield return Python(bench);
    }

    // A function of its own for each round: its first invoke has no environment to go to.
    private Row Invoke(Workbench bench, Language language)
    {
        var rounds = bench.Options.Rounds;
        var names = Enumerable.Range(0, rounds + WarmUp).Select(i => ($"{language.Name}-{i}", language));
        var (folder, functions) = bench.CreateFunctions($"{Name}-{language.Name}", [.. names]);
        using var daemon = Server.StartDaemon(bench, folder);
        using var client = new Client(daemon.Port);
        for (var i = rounds; i < functions.Length; i++)
        {
            _ = BareStart(bench, functions[i]);
            _ = FirstInvoke(i);
        }

        var duel = Duel.Fight($"cold, {language.Name}", rounds, FirstInvoke, round => BareStart(bench, functions[round]));
        Environments.CheckCount(daemon, functions.Length);
        daemon.Program.Terminate();

        // By round, as the ratio: a slow moment of the machine is slow for both.
        var over = Statistics.Median(duel.Rounds.Select(round => round[0] - (MostTimes * round[1])));
        var target = FormattableString.Invariant($"<= {MostTimes} x + {MostMilliseconds} ms");
        return Row.Of($"cold start, {language.Name}, against bare start", "ms", duel, target, over <= MostMilliseconds);

        double FirstInvoke(int i)
        {
            Environments.AwaitReadySandboxes(daemon);
            return client.Invoke(Request.Invoke(functions[i].Name, EventBytes)).TotalMilliseconds;
        }
    }

    private Row Python(Workbench bench)
    {
        var python = bench.Languages.Python;
        var (_, functions) = bench.CreateFunctions($"{Name}-bare", ("python", python));
        var duel = Duel.Fight("python", bench.Options.Rounds, _ => BareStart(bench, functions[0]), _ => Nothing(bench, python.Program!));
        return Row.AtMost("python's runtime to `next`, against `python3 -I -S -c pass`", "ms", duel, MostOfPython);
    }

    private static double BareStart(Workbench bench, Function function)
    {
        var listener = Tcp.Listen(out var port);
        var log = bench.NewLog($"bare-{function.Name}");
        var request = new HttpMessage();
        var began = Stopwatch.GetTimestamp();
        using var runtime = function.StartBare($"127.0.0.1:{port}", log);
        if (!Tcp.AwaitInput(listener, Patience))
            throw new BenchException($"{function.Name} does not call; its output is in {log}");
        var fd = Tcp.Accept(listener);
        var called = request.ReceiveAll(fd);
        var elapsed = Stopwatch.GetElapsedTime(began);
        if (!called || !request.Head.StartsWith("GET /2018-06-01/runtime/invocation/next "u8))
            throw new BenchException($"{function.Name} did not ask for its event, but: {request.Text}");
        runtime.Dispose();
        _ = Syscalls.close(fd);
        _ = Syscalls.close(listener);
        return elapsed.TotalMilliseconds;
    }

    // From spawn to exit, by the same executable.
    private static double Nothing(Workbench bench, string python)
    {
        var log = bench.NewLog("nothing");
        var began = Stopwatch.GetTimestamp();
        using var nothing = Child.Start(python, ["-I", "-S", "-c", "pass"], ["PATH=/usr/bin:/bin"], "/", log);
        nothing.AwaitEnd();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
