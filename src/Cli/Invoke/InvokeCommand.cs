using System.Text;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Run;
using Thaw.Cli.Service;

namespace Thaw.Cli.Invoke;

/// <summary><c>thaw invoke</c>: the answer of a function on standard output, all else on standard error.</summary>
public sealed class InvokeCommand(Terminal terminal, TimeProvider time)
{
    private readonly ServiceCommand command = new("thaw invoke", "the answer", terminal, time);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.Invoke);
            return ExitStatus.Success;
        }

        var options = InvokeArguments.Parse(arguments, Environment.GetEnvironmentVariable(EndpointOption.Variable));
        if (options.Problem is not null)
            return command.Fails(options.Problem);
        var payload = await EventReader.ReadAsync(options.Value.Payload, terminal.Input, stop, InvokeArguments.PayloadOption);
        return payload.Problem is null
            ? await command.RunAsync(options.Value.Endpoint, client => InvokeAsync(client, options.Value, payload.Value, stop))
            : command.Fails(payload.Problem);
    }

    private async Task<int> InvokeAsync(
        ServiceClient client, InvokeOptions options, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        var qualifier = options.Qualifier is { } named ? $"?Qualifier={Uri.EscapeDataString(named)}" : "";
        var answer = await client.SendAsync(
            HttpMethod.Post,
            ServiceClient.FunctionPath(options.Function, $"/invocations{qualifier}"),
            payload,
            stop,
            ("X-Amz-Invocation-Type", options.IsAsync ? "Event" : "RequestResponse"),
            ("X-Amz-Log-Type", options.Log ? "Tail" : "None"));
        if (!answer.Succeeded)
            return command.Refused(client, answer);

        if (answer.Header("X-Amz-Log-Result") is { } log)
            await terminal.Error.WriteAsync(Encoding.UTF8.GetString(Convert.FromBase64String(log)));
        if (options.IsAsync)
        {
            command.Says($"accepted; thaw logs {options.Function} --request-id {answer.Header("x-amzn-RequestId")} will show it");
            return ExitStatus.Success;
        }

        await PrintAsync(answer.Body, stop);
        return answer.Header("X-Amz-Function-Error") is { } error
            ? command.Fails($"the function failed ({error})", ExitStatus.FunctionError)
            : ExitStatus.Success;
    }

    // The bytes of the function, and a line end for the shell's prompt.
    private async Task PrintAsync(byte[] body, CancellationToken stop)
    {
        await terminal.Output.WriteAsync(body, stop);
        if (!body.AsSpan().EndsWith("\n"u8))
            await terminal.Output.WriteAsync("\n"u8.ToArray(), stop);
        await terminal.Output.FlushAsync(stop);
    }
}
