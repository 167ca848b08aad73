namespace Thaw.SystemTests.Up;

/// <summary>One daemon for all tests of a class, with some functions whose handler does as its event says.</summary>
public sealed class DaemonOfWorkers : IAsyncLifetime
{
    /// <summary>A function for each test that must be alone with its environments.</summary>
    private static readonly string[] Names = ["worker", "other", "counter", "crowd", "phases", "burst", "never"];

    private readonly FunctionsFolder functions = new FunctionsFolder().Workers(Names).Node("brief", FunctionsFolder.Worker, timeout: 1);

    internal RunningDaemon Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningDaemon.StartAsync(functions);

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        functions.Dispose();
    }
}
