using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Lifecycle;

namespace Thaw.Daemon.Runs;

/// <summary>The invocations of a run: each has the run's event.</summary>
internal sealed class RunInvocations(RunRequest request, IRunObserver observer)
{
    /// <summary>Returns when the environment is ready for the next.</summary>
    public async Task InvokeAsync(ExecutionEnvironment environment, FunctionConfiguration function)
    {
        var response = new BufferedResponse();
        var invocation = new Invocation
        {
            RequestId = NewRequestId(),
            InvocationId = new InvocationId(Guid.NewGuid().ToString("N")),
            Event = request.Event,
            InvokedFunctionArn = function.Arn,
            Response = response,
        };
        var invoked = environment.InvokeAsync(invocation);

        // A phase that fails by a fault of ours answers nobody.
        if (await Task.WhenAny(invoked, response.Result) == invoked && !response.Result.IsCompleted)
            await invoked;
        var result = await response.Result;
        observer.Answered(invocation.RequestId, result.Body, result.FunctionError is null ? null : InvocationResult.Unhandled);
        await invoked;
    }

    /// <summary>No invocation can be: the environment did not get ready.</summary>
    public void Refuse(ExecutionEnvironment environment, PhaseOutcome outcome, InitializationType type)
    {
        observer.Notice($"an environment of type {type.ToWireName()} that does not get ready serves no invoke");
        var requestId = NewRequestId();
        observer.Answered(requestId, environment.ErrorFor(outcome, requestId).Body, InvocationResult.Unhandled);
    }

    private static RequestId NewRequestId() => new(Guid.NewGuid().ToString());
}
