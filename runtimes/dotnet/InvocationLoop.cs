namespace Thaw.DotnetRuntime;

/// <summary>One invocation after the other; spec: 2.1.</summary>
internal sealed class InvocationLoop(RuntimeApi api, Handler handler, Log log)
{
    public const string TraceVariable = "_X_AMZN_TRACE_ID";

    /// <summary>Takes the next one, calls the handler, and answers.</summary>
    public void ServeNext()
    {
        var invocation = api.Next();
        log.RequestId = invocation.RequestId;
        Environment.SetEnvironmentVariable(TraceVariable, invocation.TraceId);
        ReadOnlyMemory<byte> response;
        try
        {
            response = handler.Call(invocation);
        }
        catch (Exception error)
        {
            log.Write(error);
            api.Fail(invocation, error);
            return;
        }

        api.Respond(invocation, response);
    }
}
