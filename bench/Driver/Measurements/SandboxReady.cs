using System.Diagnostics;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>A sandbox of namespaces with /tmp and network, against <c>unshare</c> of the same namespaces.</summary>
internal sealed class SandboxReady : IMeasurement
{
    private const int WarmUp = 2;

    public string Name => "sandbox";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        using var maker = new SandboxMaker(bench);
        for (var i = 0; i < WarmUp; i++)
            _ = (maker.MakeMilliseconds(), Unshare(bench));

        var duel = Duel.Fight(Name, bench.Options.Rounds, _ => maker.MakeMilliseconds(), _ => Unshare(bench));
        yield return Row.AtMost("sandbox of namespaces ready, against `unshare` of them", "ms", duel, 2);
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
