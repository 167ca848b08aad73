// The runtime of .NET functions that are a class library. Started by bootstrap.sh with the library's own dependencies as
//
//   dotnet exec --depsfile F.deps.json --runtimeconfig F.runtimeconfig.json Thaw.DotnetRuntime.dll Assembly::Type::Method
//
//   load handler --> (snapshot hooks, rehearsal, restore/next) --> next --> call handler --> response or error --> next ...
//        |
//   init/error, exit 1
//
// It calls, reads and writes on one thread: an asynchronous loop would compile twice as much before the first invocation.

using System.Net.Sockets;
using Thaw.DotnetRuntime;

var api = new RuntimeApi(Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") ?? "");
var log = Log.OfThisProcess();
try
{
    if (Snapshots.AreTaken)
        RenewableRandom.BecomeShared();
    Handler handler;
    try
    {
        LambdaCore.SendLogsTo(log);
        handler = Handler.Load(HandlerName.Parse(args[0]), log);
    }
    catch (Exception error)
    {
        log.Write(error);
        api.FailInit(error, error.GetType().Name);
        return 1;
    }

    if (Snapshots.AreTaken && !Snapshots.AwaitRestore(api, handler, log))
        return 1;

    var loop = new InvocationLoop(api, handler, log);
    while (true)
        loop.ServeNext();
}
catch (Exception fault) when (fault is SocketException or IOException or RuntimeApiException)
{
    // The platform is gone or does not speak the protocol; nobody is left to be told.
    Console.Error.WriteLine($"Runtime API: {fault.Message}");
    return 1;
}
