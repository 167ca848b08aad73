using System.Text;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;

namespace Thaw.SimulationTests;

/// <summary>A runtime with moods: honest, slow, crashing, hanging, lying. Its honest answer is the request id.</summary>
internal sealed class ScriptedRuntime(SimulatedEnvironment environment, ScriptedProcess process)
{
    public const string HandlerError = "Function.Scripted", InitError = "init", RestoreError = "restore";

    // A connection belongs to the generation that accepted it.
    private readonly RuntimeCalls calls = environment.Lifecycle.Calls.Runtime;
    private readonly World world = environment.World;
    private readonly HashSet<string> got = [];

    private Faults Faults => environment.Faults;

    public async Task RunAsync()
    {
        process.IgnoresSigterm = Faults.IsStubborn;
        if (Faults.Lies)
            environment.Fork(process.Name);
        await environment.Freezer.PauseAsync(Faults.IsSlow ? 12_000 : 500, process.Dead);
        if (Faults.Crashes)
        {
            if (Faults.Lies)
                await calls.InitErrorAsync(Error(InitError));
            process.Exit(ProcessExit.WithStatus(world.Random.Next(3)));
            return;
        }

        await ServeAsync();
    }

    /// <summary>It comes back from a snapshot, in the very call that it was parked in.</summary>
    public Task ResumeAsync()
    {
        process.IgnoresSigterm = Faults.IsStubborn;
        return ServeAsync();
    }

    private async Task ServeAsync()
    {
        if (environment.RuntimeAwaitsRestore)
            await RestoreAsync();
        while (true)
        {
            if (Faults.Hangs)
                await world.Forever(process.Dead);
            if ((await environment.NextAsync(process, calls.NextAsync)).IsRefused(out _, out var next))
            {
                await environment.Freezer.PauseAsync(100, process.Dead);
                process.Exit(ProcessExit.WithStatus(1));
                return;
            }

            var id = next.Invocation.RequestId.Value;
            environment.Received(process.Name, id);
            if (environment.Answered.Contains(id) && got.Contains(id))
                environment.Violate($"{id} came again after its answer");
            got.Add(id);
            await HandleAsync(next.Invocation.RequestId);
        }
    }

    private async Task RestoreAsync()
    {
        if (Faults.Hangs)
            await world.Forever(process.Dead);
        if ((await environment.NextAsync(process, calls.RestoreNextAsync)).IsRefused(out _, out _))
        {
            await environment.Freezer.PauseAsync(100, process.Dead);
            process.Exit(ProcessExit.WithStatus(1));
            await world.Forever(process.Dead);
        }

        environment.Restored(process.Name);
        if (Faults.Hangs)
            await world.Forever(process.Dead);
        await environment.Freezer.PauseAsync(Faults.IsSlow ? 12_000 : 300, process.Dead);
        if (Faults.Lies && !(await calls.BeginResponseAsync(new RequestId("nobody's"), null, modeIsKnown: true)).IsRefused(out _, out _))
            environment.Violate("an answer to nobody was accepted");
        if (!Faults.Crashes)
            return;
        if (Faults.Lies)
            await calls.RestoreErrorAsync(Error(RestoreError));
        process.Exit(ProcessExit.WithStatus(65));
        await world.Forever(process.Dead);
    }

    private async Task HandleAsync(RequestId id)
    {
        await environment.Freezer.PauseAsync(Faults.IsSlow ? 5_000 : 200, process.Dead);
        if (Faults.Crashes)
        {
            process.Exit(ProcessExit.BySignal(11));
            await world.Forever(process.Dead);
        }

        if (Faults.Lies)
            await LieAsync(id);
        else
            await AnswerAsync(id, id.Value);
    }

    private async Task LieAsync(RequestId id)
    {
        switch (world.Random.Next(9))
        {
            case 0: // Next without an answer.
                break;
            case 1: // Two answers.
                await AnswerAsync(id, id.Value);
                await AnswerAsync(id, "second answer");
                break;
            case 2: // An answer for another id, then the right one.
                await AnswerAsync(new RequestId(environment.SomebodyElses(id.Value)), "foreign answer");
                await AnswerAsync(id, id.Value);
                break;
            case 3: // An answer of another attempt.
                if (!(await calls.BeginResponseAsync(id, new InvocationId("old"), modeIsKnown: true)).IsRefused(out _, out _))
                    environment.Violate("an answer of another attempt was accepted");
                await AnswerAsync(id, id.Value);
                break;
            case 4: // An unknown response mode.
                await calls.BeginResponseAsync(id, null, modeIsKnown: false);
                break;
            case 5: // The head of an answer, and nothing behind it.
                await calls.BeginResponseAsync(id, null, modeIsKnown: true);
                await world.Forever(process.Dead);
                break;
            case 6: // An answer when the time was up long ago, for as long as there is somebody to give it.
                process.IgnoresSigterm = true;
                await environment.Freezer.PauseAsync(8_000, process.Dead);
                await AnswerAsync(id, id.Value);
                break;
            case 7: // Next while its answer is still being read.
                _ = process.RunAsync(_ => AnswerAsync(id, id.Value));
                await environment.Freezer.PauseAsync(40, process.Dead);
                break;
            case 8: // Never next.
                await AnswerAsync(id, id.Value);
                await world.Forever(process.Dead);
                break;
        }
    }

    private async Task AnswerAsync(RequestId id, string body)
    {
        var isError = world.Random.Next(8) == 0;
        var begun = isError ? await calls.BeginErrorAsync(id, null) : await calls.BeginResponseAsync(id, null, modeIsKnown: true);
        if (begun.IsRefused(out _, out var posted))
            return;
        if (!isError && world.Random.Next(4) == 0)
        {
            await StreamAsync(posted, body);
            return;
        }

        await environment.Freezer.PauseAsync(20, process.Dead);
        environment.Answered.Add(posted.Invocation.RequestId.Value);
        if (isError)
            await posted.FailAsync(Error(body));
        else
            await posted.RespondAsync("text/plain", Encoding.UTF8.GetBytes(body));
    }

    private async Task StreamAsync(PostedAnswer posted, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        posted.BeginStream("text/plain");
        await posted.Invocation.Response.WriteAsync(bytes.AsMemory(0, 2), process.Dead);
        await environment.Freezer.PauseAsync(20, process.Dead);
        await posted.Invocation.Response.WriteAsync(bytes.AsMemory(2), process.Dead);
        environment.Answered.Add(posted.Invocation.RequestId.Value);
        await posted.EndStreamAsync(bytes.Length, null);
    }

    private static InvocationError Error(string body) =>
        new(new ErrorType(HandlerError), Encoding.UTF8.GetBytes(body), "text/plain");
}
