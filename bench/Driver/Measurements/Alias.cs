namespace Thaw.Bench.Driver.Measurements;

/// <summary>A warm invoke of a stored function by its alias, against the same function in a folder, in the same daemon.</summary>
internal sealed class Alias : IMeasurement
{
    private const int EventBytes = 1024;
    private const string Stored = "stored", Live = "live";

    public string Name => "alias";

    public IEnumerable<Row> Run(Workbench bench)
    {
        bench.Machine.Pin();
        var (folder, functions) = bench.CreateFunctions(Name, ("folder", bench.Languages.Native));
        using var daemon = Server.StartDaemon(bench, folder, data: bench.NewFolder($"data-{Name}"));
        ServiceApi.Create(daemon.Port, Stored, ServiceApi.Zip(File.ReadAllBytes(bench.NativeRuntime)));
        ServiceApi.AwaitActive(daemon.Port, Stored);
        ServiceApi.Publish(daemon.Port, Stored, Live);

        using var byAlias = new Client(daemon.Port);
        using var byName = new Client(daemon.Port);
        var (qualified, bare) = (Request.Invoke(Stored, EventBytes, Live), Request.Invoke(functions[0].Name, EventBytes));
        var count = bench.Options.Quick ? 300 : 1_000;
        _ = (OfStored(0), OfFolder(0));
        var duel = Duel.Fight(Name, bench.Options.Rounds, OfStored, OfFolder);
        yield return Row.AtMost("warm invoke by an alias, against a function in a folder, p50", "us", duel, 1.1);
        daemon.Program.Terminate();

        double OfStored(int round) => byAlias.MedianMicroseconds(qualified, count);

        double OfFolder(int round) => byName.MedianMicroseconds(bare, count);
    }
}
