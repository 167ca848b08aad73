using Thaw.Contracts;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments.Pool;

public sealed class Invocation_router
{
    private readonly PoolStage stage = new();
    private readonly ConcurrencyLimiter account = new(2);
    private readonly InvocationRouter router;

    public Invocation_router() => router = new(stage.Pool, account);

    [Fact]
    public void Runs_an_invocation_in_an_environment_and_keeps_it()
    {
        var (routed, response) = Route();
        Ready(0);
        var running = Now<Routing.Accepted>(routed);
        stage.Do(() => stage.Made[0].Invokes[0].Invocation.Response.Complete());
        Assert.True(response.IsComplete);
        Assert.False(running.Ended.IsCompleted);
        End(0, PhaseOutcome.Success);
        Assert.True(running.Ended.IsCompletedSuccessfully);
        Assert.Same(stage.Made[0], stage.LeaseNow().Environment);
    }

    [Fact]
    public void Throttles_at_once_beyond_the_limit_which_counts_unanswered_invocations()
    {
        _ = Route();
        _ = Route();
        Assert.Equal(2, Now<Routing.Throttled>(Route().Routed).Limit);
        Ready(0);

        // Answered is enough; its environment may still be at work.
        stage.Do(() => stage.Made[0].Invokes[0].Invocation.Response.Complete());
        Assert.False(Route().Routed.IsCompleted);
        Now<Routing.Throttled>(Route().Routed);
    }

    [Fact]
    public void Gives_the_place_back_of_who_gets_no_environment()
    {
        stage.Environments.Refusal = "no sandbox today";
        for (var call = 0; call < 5; call++)
            Assert.IsType<Lease.Failed>(Now<Routing.Refused>(Route().Routed).Lease);
        Assert.Equal(0, account.Entered);
    }

    [Fact]
    public void Answers_in_the_place_of_an_environment_that_did_not()
    {
        var (_, response) = Route();
        Ready(0);
        End(0, PhaseOutcome.Timeout);
        Assert.Contains("The invocation was lost", response.ErrorBody, StringComparison.Ordinal);
        Assert.Equal(0, account.Entered);
        Assert.Same(stage.Made[0], stage.LeaseNow().Environment);
    }

    [Fact]
    public void Takes_no_environment_again_that_failed_by_a_fault_of_the_platforms()
    {
        var (_, response) = Route();
        Ready(0);
        End(0, new PhaseOutcome.Failed(ErrorType.SandboxFailure, "it broke"));
        Assert.Contains("it broke", response.ErrorBody, StringComparison.Ordinal);
        Assert.True(stage.Made[0].IsEnding);
    }

    [Fact]
    public void Survives_a_bug_in_an_environment()
    {
        var (routed, response) = Route();
        Ready(0);
        stage.Do(() => stage.Made[0].Invokes[0].Outcome.SetException(new InvalidOperationException("a bug")));
        Assert.True(Now<Routing.Accepted>(routed).Ended.IsCompletedSuccessfully);
        Assert.Contains("Sandbox.Failure", response.ErrorBody, StringComparison.Ordinal);
        Assert.Equal(0, account.Entered);
        Assert.True(stage.Made[0].IsEnding);
    }

    [Fact]
    public void Counts_an_answer_once_however_often_it_ends()
    {
        _ = Route();
        _ = Route();
        Ready(0);
        stage.Do(() =>
        {
            var response = stage.Made[0].Invokes[0].Invocation.Response;
            response.Complete();
            response.Complete();
            response.Fail(GeneratedError.ResponseTooLarge);
        });
        End(0, PhaseOutcome.Timeout);
        Assert.Equal(1, account.Entered);
    }

    private (Task<Routing> Routed, RecordedResponse Response) Route()
    {
        var response = new RecordedResponse();
        var invocation = new Invocation
        {
            RequestId = new RequestId($"{Guid.NewGuid()}"),
            InvocationId = new InvocationId("i"),
            Event = default,
            InvokedFunctionArn = "arn",
            Response = response,
        };
        return (stage.Do(() => router.RouteAsync(FakeEnvironments.Plan(), invocation).AsTask()), response);
    }

    private static T Now<T>(Task<Routing> routed)
        where T : Routing
    {
        Assert.True(routed.IsCompleted, "it still waits");
        return Assert.IsType<T>(routed.Result);
    }

    private void Ready(int environment) => stage.Do(stage.Made[environment].EndInit);

    private void End(int environment, PhaseOutcome outcome) =>
        stage.Do(() => stage.Made[environment].Invokes[^1].Outcome.SetResult(outcome));
}
