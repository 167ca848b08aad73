using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.SimulationTests;

/// <summary>A snapshot of a made-up function: who was parked, and in what call. All its clones begin like that.</summary>
internal sealed class SimulatedSnapshot(World world, int extensions, bool runtimeAwaitsRestore)
{
    private static readonly ExtensionEventType[][] Events =
    [
        [],
        [ExtensionEventType.Shutdown],
        [ExtensionEventType.Invoke],
        [ExtensionEventType.Invoke, ExtensionEventType.Shutdown],
    ];

    public ParkedProcesses Parked { get; } = new()
    {
        RuntimeAwaitsRestore = runtimeAwaitsRestore,
        Extensions = [.. Enumerable.Range(1, extensions).Select(number => new ParkedExtension(
            $"extension-{number}", IsExternal: true, world.NewId(), Events[world.Random.Next(Events.Length)], Subscription: null))],
    };
}
