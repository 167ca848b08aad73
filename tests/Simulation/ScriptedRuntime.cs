using System.Text;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.SimulationTests;

/// <summary>A runtime with moods: honest, slow, crashing, hanging, lying. Its honest answer is the request id.</summary>
internal sealed class ScriptedRuntime(World world, ScriptedProcess process)
{
    // A connection belongs to the generation that accepted it.
    private readonly RuntimeCalls calls = world.Lifecycle.Calls.Runtime;
    private readonly HashSet<string> got = [];

    public async Task RunAsync()
    {
        process.IgnoresSigterm = world.Faults.IsStubborn;
        await world.Pause(world.Faults.IsSlow ? 12_000 : 500, process.Dead);
        if (world.Faults.Crashes)
        {
            if (world.Faults.Lies)
                await calls.InitErrorAsync(Error("init"));
            process.Exit(ProcessExit.WithStatus(world.Random.Next(3)));
            return;
        }

        while (true)
        {
            if (world.Faults.Hangs)
                await world.Forever(process.Dead);
            if ((await world.PollAsync(calls.NextAsync, process.Dead)).IsRefused(out _, out var next))
            {
                await world.Pause(100, process.Dead);
                process.Exit(ProcessExit.WithStatus(1));
                return;
            }

            world.Note($"runtime got {next.Invocation.RequestId}");
            if (world.Answered.Contains(next.Invocation.RequestId.Value) && got.Contains(next.Invocation.RequestId.Value))
                world.Violations.Add($"{next.Invocation.RequestId} came again after its answer");
            got.Add(next.Invocation.RequestId.Value);
            await HandleAsync(next.Invocation.RequestId);
        }
    }

    private async Task HandleAsync(RequestId id)
    {
        await world.Pause(world.Faults.IsSlow ? 5_000 : 200, process.Dead);
        if (world.Faults.Crashes)
        {
            process.Exit(ProcessExit.BySignal(11));
            await world.Forever(process.Dead);
        }

        if (world.Faults.Lies)
        {
            await LieAsync(id);
            return;
        }

        await AnswerAsync(id, id.Value);
    }

    private async Task LieAsync(RequestId id)
    {
        switch (world.Random.Next(5))
        {
            case 0: // Next without an answer.
                break;
            case 1: // Two answers.
                await AnswerAsync(id, id.Value);
                await AnswerAsync(id, "second answer");
                break;
            case 2: // An answer for another id, then the right one.
                await AnswerAsync(new RequestId("somebody else's"), "foreign answer");
                await AnswerAsync(id, id.Value);
                break;
            case 3: // An answer of another attempt.
                if (!(await calls.BeginResponseAsync(id, new InvocationId("old"), modeIsKnown: true)).IsRefused(out _, out _))
                    world.Violations.Add("an answer of another attempt was accepted");
                await AnswerAsync(id, id.Value);
                break;
            case 4: // An unknown response mode.
                await calls.BeginResponseAsync(id, null, modeIsKnown: false);
                break;
        }
    }

    private async Task AnswerAsync(RequestId id, string body)
    {
        var isError = world.Random.Next(8) == 0;
        var begun = isError ? await calls.BeginErrorAsync(id, null) : await calls.BeginResponseAsync(id, null, modeIsKnown: true);
        if (begun.IsRefused(out _, out var posted))
            return;
        await world.Pause(20, process.Dead);
        world.Answered.Add(id.Value);
        if (isError)
            await posted.FailAsync(Error(body));
        else
            await posted.RespondAsync("text/plain", Encoding.UTF8.GetBytes(body));
    }

    private static InvocationError Error(string body) =>
        new(new ErrorType("Function.Scripted"), Encoding.UTF8.GetBytes(body), "text/plain");
}
