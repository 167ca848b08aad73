using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>The table of states and calls, played over HTTP.</summary>
public class Runtime_states
{
    protected virtual Way Way => Way.Any;

    public static IEnumerable<TheoryDataRow<string, string, string>> Rows => TextTable.Read("runtime-api.txt");

    [Theory, MemberData(nameof(Rows))]
    public async Task Answer_each_call_as_the_table_says(string state, string call, string expected)
    {
        await using var stage = await ApiStage.StartAsync(type: InitializationType.SnapStart, way: Way);
        await ReachAsync(stage, state);
        var answer = SendAsync(stage, call);

        var words = expected.Split(' ');
        switch (words)
        {
            case ["parks"]:
                // A parked call is one that waits while another is answered.
                Assert.Equal(200, (await stage.SendAsync("GET", "ping")).Status);
                Assert.False(answer.IsCompleted);
                break;
            case [var status]:
                Assert.Equal(status, $"{(await answer).Status}");
                break;
            case ["400", "InvalidRequestID"]:
                (await answer).IsRefusal(400, "InvalidRequestID", "Invalid request ID");
                break;
            case ["403", var type, var from, var to]:
                (await answer).IsRefusal(
                    403, type, $"State transition from {from} to {to} failed for runtime. Error: State transition is not allowed");
                break;
            default:
                Assert.Fail($"The table says {expected}.");
                break;
        }
    }

    private static async Task ReachAsync(ApiStage stage, string state)
    {
        var init = stage.Stage.Lifecycle.InitAsync();
        switch (state)
        {
            case "Started":
                return;
            case "InitError":
                await stage.PostAsync("runtime/init/error", "{}");
                await init;
                return;
            case "RestoreReady" or "Restoring" or "RuntimeRestoreErrorState":
                var restored = stage.SendAsync("GET", "runtime/restore/next");
                await init;
                if (state == "RestoreReady")
                    return;
                _ = stage.Stage.Lifecycle.RestoreAsync();
                await restored;
                if (state == "RuntimeRestoreErrorState")
                    await stage.PostAsync("runtime/restore/error", "{}");
                return;
        }

        var next = stage.NextAsync();
        await init;
        if (state == "Ready")
            return;
        stage.Invoke();
        await next;
        if (state == "InvocationResponse")
            await stage.RespondAsync("x", ("Lambda-Runtime-Function-Response-Mode", "unknown"));
        else if (state == "RuntimeResponseSentState")
            await stage.RespondAsync();
        else if (state != "Running")
            Assert.Fail($"There is no way to the state {state}.");
    }

    private static Task<HttpAnswer> SendAsync(ApiStage stage, string call) => call switch
    {
        "POST response" => stage.RespondAsync(),
        "POST error" => stage.FailAsync(),
        _ when call.StartsWith("GET ", StringComparison.Ordinal) => stage.SendAsync("GET", $"runtime/{call[4..]}"),
        _ => stage.PostAsync($"runtime/{call[5..]}", "{}"),
    };
}

/// <summary>The same for requests that are not served in the lane.</summary>
public sealed class Runtime_states_by_way_of_Kestrel : Runtime_states
{
    protected override Way Way => Way.Kestrel;
}
