using Thaw.Cli.CommandLine;
using Thaw.Daemon.Hosting;

namespace Thaw.Cli.Up;

/// <summary><c>thaw up</c>: the daemon, in the foreground, until somebody stops it. Then it drains, and that is a success.</summary>
/// <param name="settle">Called when it is known what is wanted, and nothing has been begun.</param>
public sealed class UpCommand(Terminal terminal, Action<SandboxWishes> settle)
{
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.Up);
            return ExitStatus.Success;
        }

        var options = UpArguments.Parse(arguments, Environment.GetEnvironmentVariable(ProgramChoices.Variable));
        if (options.Problem is not null)
            return Unusable(options.Problem);
        settle(options.Value.Sandboxes);
        try
        {
            await using var daemon = await ThawDaemon.StartAsync(options.Value, terminal.ErrorBytes, TimeProvider.System, Random.Shared);
            await ServeAsync(daemon, stop);
            return ExitStatus.Success;
        }
        catch (DaemonStartException impossible)
        {
            return Unusable(impossible.Message);
        }
    }

    private async Task ServeAsync(ThawDaemon daemon, CancellationToken stop)
    {
        var address = daemon.Address.ToString().TrimEnd('/');
        await terminal.PrintAsync($"thaw: listening on {address}");
        if (daemon.FunctionNames is [var first, ..] all)
        {
            daemon.Notice($"functions: {string.Join(", ", all)}");
            daemon.Notice($"try curl -d '{{}}' {address}/2015-03-31/functions/{first}/invocations");
        }
        else
        {
            daemon.Notice("there are no functions yet; AWS's clients create them, and --functions names a folder "
                + "whose sub-folders with a thaw.json are some");
        }

        var stopped = new TaskCompletionSource();
        await using var stopping = stop.Register(() => stopped.TrySetResult());
        await stopped.Task;
        daemon.Notice("waiting for the invocations at work; a second signal ends them");
        await daemon.DrainAsync();
    }

    private int Unusable(string problem)
    {
        terminal.Error.WriteLine($"thaw up: {problem}");
        return ExitStatus.Unusable;
    }
}
