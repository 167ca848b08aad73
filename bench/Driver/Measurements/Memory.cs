namespace Thaw.Bench.Driver.Measurements;

/// <summary>The daemon alone, without the processes below it, while many environments wait.</summary>
internal sealed class Memory : IMeasurement
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public string Name => "memory";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Unpin();
        Workbench.Say("memory");
        var (folder, functions) = bench.CreateFunctions(Name, ("native", bench.Languages.Native));
        using var daemon = Server.StartDaemon(bench, folder);
        Environments.Open(daemon, functions[0], Environments.Many);
        using (var crowd = new Crowd(daemon.Port, Environments.Many))
            crowd.InvokeOnce(Request.Invoke(functions[0].Name, """{"hold":100}"""));
        Thread.Sleep(Rest);
        yield return Row.Below($"daemon's memory, {Environments.Many} idle environments", "MB", daemon.Program.ResidentBytes() / 1e6, 150);
        daemon.Program.Terminate();
    }
}
