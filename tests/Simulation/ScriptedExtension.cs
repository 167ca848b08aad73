using Thaw.Contracts;
using Thaw.Lifecycle.Calls;

namespace Thaw.SimulationTests;

/// <summary>An extension with the same moods.</summary>
internal sealed class ScriptedExtension(SimulatedEnvironment environment, ScriptedProcess process)
{
    private readonly ExtensionCalls calls = environment.Lifecycle.Calls.Extensions;
    private readonly World world = environment.World;

    private Faults Faults => environment.Faults;

    public async Task RunAsync()
    {
        process.IgnoresSigterm = Faults.IsStubborn;
        await environment.Freezer.PauseAsync(Faults.IsSlow ? 12_000 : 300, process.Dead);
        if (Faults.Crashes)
        {
            process.Exit(ProcessExit.WithStatus(world.Random.Next(2)));
            return;
        }

        string[] events = world.Random.Next(4) switch
        {
            0 => [],
            1 => ["SHUTDOWN"],
            2 => ["INVOKE"],
            _ => ["INVOKE", "SHUTDOWN"],
        };
        if ((await calls.RegisterAsync(process.Name, events)).IsRefused(out _, out var registration))
        {
            process.Exit(ProcessExit.WithStatus(1));
            return;
        }

        await ServeAsync(registration.Identifier);
    }

    /// <summary>It was registered when the snapshot was taken, and waits for its next event.</summary>
    public Task ResumeAsync(Guid identifier)
    {
        process.IgnoresSigterm = Faults.IsStubborn;
        return ServeAsync(identifier);
    }

    private async Task ServeAsync(Guid identifier)
    {
        while (true)
        {
            if (Faults.Hangs)
                await world.Forever(process.Dead);
            var poll = environment.NextAsync(process, hungUp => calls.NextAsync(identifier, hungUp));
            if ((await poll).IsRefused(out _, out var next))
            {
                process.Exit(ProcessExit.WithStatus(1));
                return;
            }

            if (next is ExtensionEvent.Invoke)
                environment.Received(process.Name, "an invoke");
            await environment.Freezer.PauseAsync(Faults.IsSlow ? 3_000 : 50, process.Dead);
            if (Faults.Crashes)
            {
                if (Faults.Lies)
                    await calls.ExitErrorAsync(identifier, new ErrorType("Extension.Scripted"));
                process.Exit(ProcessExit.WithStatus(1));
                return;
            }

            if (next is ExtensionEvent.Shutdown && !Faults.IsStubborn)
            {
                process.Exit(ProcessExit.WithStatus(0));
                return;
            }
        }
    }
}
