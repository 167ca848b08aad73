using System.Diagnostics;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>
/// A sandbox of namespaces, against <c>unshare</c> of the same namespaces: with a /tmp that waits, and a launcher in a group and a network;
/// and where only the /tmp does.
/// </summary>
internal sealed class SandboxReady : IMeasurement
{
    private const int WarmUp = 2;

    public string Name => "sandbox";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var ready = Fight(bench, launchers: 1);
        yield return Row.AtMost("sandbox ready, from /tmp, launcher and network that wait, against `unshare`", "ms", ready, 2);
        var alone = Fight(bench, launchers: 0);
        yield return Row.Of("the same, with a launcher and a network of its own", "ms", alone, null, null);
    }

    private static Duel Fight(Workbench bench, int launchers)
    {
        using var maker = new SandboxMaker(bench, launchers);
        for (var i = 0; i < WarmUp; i++)
            _ = (maker.MakeMilliseconds(), Unshare(bench));

        return Duel.Fight("sandbox", bench.Options.Rounds, _ => maker.MakeMilliseconds(), _ => Unshare(bench));
    }

    private static double Unshare(Workbench bench)
    {
        var log = bench.NewLog("unshare");
        var began = Stopwatch.GetTimestamp();
        using var unshare = Child.Start("/usr/bin/unshare", ["-Ufpmniu", "--keep-caps", "/bin/true"], [], "/", log);
        unshare.AwaitEnd();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
