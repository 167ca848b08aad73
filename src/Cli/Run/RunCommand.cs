using Thaw.Cli.CommandLine;
using Thaw.Contracts;
using Thaw.Daemon.Hosting;

namespace Thaw.Cli.Run;

/// <summary>
/// <c>thaw run</c>: reads options and event, follows the run, and shows it: answers on standard output, logs and the picture on
/// standard error; with <c>--json</c> one document on standard output instead.
/// </summary>
/// <param name="settle">Called when it is known what is wanted, and nothing has been read or begun.</param>
public sealed class RunCommand(FunctionRunner runner, Terminal terminal, Action<SandboxWishes> settle)
{
    private string? unwritten;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await WriteAsync(Help.Run);
            return ExitStatus.Success;
        }

        var options = RunArguments.Parse(arguments, Environment.GetEnvironmentVariable(ProgramChoices.Variable));
        if (options.Problem is not null)
            return Unusable(options.Problem);
        if (MissingPath(options.Value) is { } missing)
            return Unusable(missing);
        settle(options.Value.Sandboxes);
        var payload = await EventReader.ReadAsync(options.Value.Event, terminal.Input, stop);
        if (payload.Problem is not null)
            return Unusable(payload.Problem);

        var status = await FollowAsync(options.Value, payload.Value, stop);

        // The function was shut down in order, but nobody shall take this for a whole run.
        stop.ThrowIfCancellationRequested();
        return status;
    }

    private async Task<int> FollowAsync(RunOptions options, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        List<LifecycleEvent> events = [];
        var lives = new LivesOfRun();
        List<RunOutput.Answer> answers = [];
        List<RunOutput.LogLine> lines = [];
        var dialect = Dialects.Newest;
        await foreach (var output in runner(options, payload, stop))
        {
            switch (output)
            {
                case RunOutput.Begun begun:
                    dialect = begun.Function.Dialect;
                    break;
                case RunOutput.Begins begins:
                    lives.Begin(begins.Environment);
                    break;
                case RunOutput.Happened happened:
                    events.Add(happened.Event);
                    lives.Add(happened.Event);
                    break;
                case RunOutput.LogLine line:
                    if (options.Json)
                        lines.Add(line);
                    else
                        terminal.Error.WriteLine(line.Text);
                    break;
                case RunOutput.Answer answer:
                    answers.Add(answer);
                    if (!options.Json)
                        await WriteAsync(answer.Body);
                    break;
                case RunOutput.Notice notice:
                    terminal.Error.WriteLine($"thaw: {notice.Text}");
                    break;
                case RunOutput.Impossible impossible:
                    return Unusable(impossible.Problem);
            }
        }

        if (options.Json)
            await WriteAsync(RunDocument.Write(events, answers, lines, dialect));
        else
            lives.Draw(terminal);
        if (unwritten is not null)
            return Unusable($"the answer cannot be written: {unwritten}");
        var succeeded = answers.Count > 0 && answers.TrueForAll(answer => answer.FunctionError is null);
        return succeeded ? ExitStatus.Success : ExitStatus.FunctionError;
    }

    private static string? MissingPath(RunOptions options)
    {
        if (!Exists(options.Path))
            return $"there is no folder or zip file {options.Path}; give the function's folder, for example samples/hello-node";
        return options.Layers.FirstOrDefault(layer => !Exists(layer)) is { } layer
            ? $"there is no layer {layer}; --layer wants a folder or a zip file" : null;
    }

    private static bool Exists(string path) => Directory.Exists(path) || File.Exists(path);

    private int Unusable(string problem)
    {
        terminal.Error.WriteLine($"thaw run: {problem}");
        return ExitStatus.Unusable;
    }

    private Task WriteAsync(string text) => WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));

    // At once, with a line end: an answer shows as soon as it is there, and a shell's prompt begins on a new line.
    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await terminal.Output.WriteAsync(bytes, CancellationToken.None);
            if (!bytes.Span.EndsWith("\n"u8))
                await terminal.Output.WriteAsync("\n"u8.ToArray(), CancellationToken.None);
            await terminal.Output.FlushAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A full disk, or a closed standard output: the run itself goes on to its end, so that nothing is left behind.
            unwritten ??= failure.Message;
        }
    }
}
