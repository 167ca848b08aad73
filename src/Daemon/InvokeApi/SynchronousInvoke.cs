using System.Runtime.CompilerServices;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Daemon.ServiceApi;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;

namespace Thaw.Daemon.InvokeApi;

/// <summary>An invoke whose caller waits for the whole answer; spec (service) 9.3.</summary>
internal sealed class SynchronousInvoke(InvokeRouting routing, LogTails tails, Random random)
{
    /// <summary>Answers, or tells why not: then nothing has run.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LambdaError?> RunAsync(AdmittedInvoke invoke)
    {
        using var held = invoke;
        var id = new InvocationId(RandomUuid.New(random).ToString("N"));
        var tail = invoke.Headers.WantsLog ? tails.Want(id) : null;
        try
        {
            var response = new BufferedResponse();
            var readers = Payloads.WantsBack(invoke.Event) ? new EventReaders(invoke.Event, Payloads.GiveBack) : null;
            var invocation = invoke.NewInvocation(id, response, random, readers);
            var routed = await routing.RouteAsync(invoke.Plan, invocation);
            if (routed is not Routing.Accepted running)
            {
                readers?.Leave();
                return routing.RefusalOf(routed, invoke.Plan);
            }

            var result = await response.Result;

            // The log ends with the report, which comes when all extensions are ready too.
            if (tail is not null)
                await running.Ended;
            await InvokeAnswer.WriteAsync(invoke.Call, result, invoke.Plan.Function.Version, invocation.TraceId, tail?.ToBase64());

            // An error that Init has posted is told to later callers, too.
            if (result.FunctionError is null)
                Payloads.GiveBack(result.Body);
            readers?.Leave();
            return null;
        }
        finally
        {
            if (tail is not null)
                tails.Forget(id);
        }
    }
}
