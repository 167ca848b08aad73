using System.Runtime.InteropServices;
using Thaw.Cli;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Run;
using Thaw.Daemon.Hosting;

StandardStreams.MakeSure();

// .NET leaves SIGTERM and SIGHUP to kill the process; here the first signal asks everything to end in order, the second one kills.
using var stop = new CancellationTokenSource();
var received = 0;
PosixSignalRegistration[] signals =
[
    .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(
        signal => PosixSignalRegistration.Create(signal, context =>
    {
        if (Interlocked.Exchange(ref received, (int)signal) != 0)
            return;
        context.Cancel = true;
        stop.Cancel();
    })),
];

// Opened now: when no descriptor is left, it is too late.
var terminal = Terminal.OfThisProcess();
try
{
    var thaw = new ThawCommand(FunctionRunnerOfThisProcess.RunAsync, terminal) { Settle = NamespacesOfPlainUsers.EnterIfWanted };
    return await thaw.RunAsync(args, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return StatusOfSignal();
}
catch (Exception bug) when (Environment.GetEnvironmentVariable("THAW_TRACE") is null)
{
    terminal.Error.WriteLine(
        $"thaw: this is a bug in Thaw, please report it ({bug.GetType().Name}: {bug.Message}); THAW_TRACE=1 shows where");
    return ExitStatus.Bug;
}
finally
{
    foreach (var signal in signals)
        signal.Dispose();
}

// As a shell reports a signal: 128 and its number.
int StatusOfSignal() => 128 + received switch { (int)PosixSignal.SIGHUP => 1, (int)PosixSignal.SIGINT => 2, _ => 15 };
