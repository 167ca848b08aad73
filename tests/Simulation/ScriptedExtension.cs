using Thaw.Contracts;
using Thaw.Lifecycle.Calls;

namespace Thaw.SimulationTests;

/// <summary>An extension with the same moods.</summary>
internal sealed class ScriptedExtension(World world, ScriptedProcess process)
{
    private readonly ExtensionCalls calls = world.Lifecycle.Calls.Extensions;

    public async Task RunAsync()
    {
        process.IgnoresSigterm = world.Faults.IsStubborn;
        await world.Pause(world.Faults.IsSlow ? 12_000 : 300, process.Dead);
        if (world.Faults.Crashes)
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

        while (true)
        {
            if (world.Faults.Hangs)
                await world.Forever(process.Dead);
            world.Busy.Remove(process.Name);
            var poll = world.PollAsync(hungUp => calls.NextAsync(registration.Identifier, hungUp), process.Dead);
            if ((await poll).IsRefused(out _, out var next))
            {
                process.Exit(ProcessExit.WithStatus(1));
                return;
            }

            if (next is ExtensionEvent.Invoke)
                world.Busy.Add(process.Name);
            world.Note($"{process.Name} got {next.GetType().Name}");
            await world.Pause(world.Faults.IsSlow ? 3_000 : 50, process.Dead);
            if (world.Faults.Crashes)
            {
                if (world.Faults.Lies)
                    await calls.ExitErrorAsync(registration.Identifier, new ErrorType("Extension.Scripted"));
                process.Exit(ProcessExit.WithStatus(1));
                return;
            }

            if (next is ExtensionEvent.Shutdown && !world.Faults.IsStubborn)
            {
                process.Exit(ProcessExit.WithStatus(0));
                return;
            }
        }
    }
}
