namespace Thaw.Bench.Driver.Measurements;

/// <summary>What the machine gives for many environments of namespaces that are frozen.</summary>
internal sealed class IdleEnvironments : IMeasurement
{
    private const int Many = 500, AtOnce = 50, MostMegabytes = 2_000, TotalMegabytes = 1_000_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public string Name => "idle";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Unpin();
        Workbench.Say($"idle: {Many} environments");
        var names = Enumerable.Range(0, Many / AtOnce).Select(i => ($"idle-{i}", bench.Languages.Native));
        var (folder, functions) = bench.CreateFunctions(Name, [.. names]);
        var before = Machine.AvailableBytes;
        using var daemon = Server.StartDaemon(
            bench, folder, data: bench.NewFolder("data-idle"), isolation: "namespaces", more: ["--memory", $"{TotalMegabytes}"]);
        foreach (var function in functions)
        {
            using var crowd = new Crowd(daemon.Port, AtOnce);
            crowd.InvokeOnce(Request.Invoke(function.Name, """{"hold":3000}"""));
        }

        Environments.CheckCount(daemon, Many);
        Thread.Sleep(Rest);
        var megabytes = (before - Machine.AvailableBytes) / 1e6;
        yield return Row.Below($"machine's memory, {Many} idle environments of namespaces", "MB", megabytes, MostMegabytes);

        var began = ProcessTimes.OfDescendants(daemon.Program.Pid);
        Thread.Sleep(Rest);
        var used = ProcessTimes.OfDescendants(daemon.Program.Pid) - began;
        yield return Row.Below($"their processor time in {Rest.TotalSeconds:0} s", "ms", used.TotalMilliseconds, 1);
        daemon.Program.Terminate();
    }
}
