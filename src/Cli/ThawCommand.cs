using Thaw.Cli.CommandLine;
using Thaw.Cli.Deploy;
using Thaw.Cli.Doctor;
using Thaw.Cli.Invoke;
using Thaw.Cli.List;
using Thaw.Cli.Logs;
using Thaw.Cli.Run;
using Thaw.Cli.Up;
using Thaw.Daemon.Doctor;
using Thaw.Daemon.Hosting;

namespace Thaw.Cli;

/// <summary>The whole command line: picks the command and hands it the rest.</summary>
public sealed class ThawCommand(FunctionRunner runner, Terminal terminal)
{
    private static readonly string[] Commands = ["run", "up", "deploy", "invoke", "list", "logs", "doctor", "help", "version"];

    private static readonly string[] Options = ["--help", "--version"];

    /// <summary>Called before a command begins to make sandboxes; the process may begin again in it, and then it does not return.</summary>
    public Action<SandboxWishes> Settle { get; init; } = _ => { };

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        switch (arguments.Count == 0 ? null : arguments[0])
        {
            case "run":
                return await new RunCommand(runner, terminal, Settle).RunAsync([.. arguments.Skip(1)], stop);
            case "up":
                return await new UpCommand(terminal, Settle).RunAsync([.. arguments.Skip(1)], stop);
            case "deploy":
                return await new DeployCommand(terminal, TimeProvider.System).RunAsync([.. arguments.Skip(1)], stop);
            case "invoke":
                return await new InvokeCommand(terminal, TimeProvider.System).RunAsync([.. arguments.Skip(1)], stop);
            case "list":
                return await new ListCommand(terminal, TimeProvider.System).RunAsync([.. arguments.Skip(1)], stop);
            case "logs":
                return await new LogsCommand(terminal, TimeProvider.System).RunAsync([.. arguments.Skip(1)], stop);
            case "doctor":
                return await new DoctorCommand(terminal, Checks.OfThisMachine).RunAsync([.. arguments.Skip(1)]);
            case "--version" or "version":
                return await PrintAsync($"thaw {typeof(ThawCommand).Assembly.GetName().Version!.ToString(3)}");
            case "--help" or "-h":
                return await PrintAsync(Help.Thaw);
            case "help":
                return await PrintAsync(arguments.ElementAtOrDefault(1) switch
                {
                    "run" => Help.Run,
                    "up" => Help.Up,
                    "deploy" => Help.Deploy,
                    "invoke" => Help.Invoke,
                    "list" => Help.List,
                    "logs" => Help.Logs,
                    "doctor" => Help.Doctor,
                    _ => Help.Thaw,
                });
            case null:
                await terminal.Error.WriteLineAsync(Help.Thaw);
                return ExitStatus.Unusable;
            case var other:
                var (what, known) = other.StartsWith('-') ? ("option", Options) : ("command", Commands);
                var meant = Suggestion.For(other, known) is { } word ? $"did you mean {word}?" : "thaw --help lists them";
                await terminal.Error.WriteLineAsync($"thaw: there is no {what} {other}; {meant}");
                return ExitStatus.Unusable;
        }
    }

    private async Task<int> PrintAsync(string text)
    {
        await terminal.PrintAsync(text);
        return ExitStatus.Success;
    }
}
