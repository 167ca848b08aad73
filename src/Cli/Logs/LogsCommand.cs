using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Service;

namespace Thaw.Cli.Logs;

/// <summary><c>thaw logs</c>: asks a running daemon for a function's log and prints it, and what comes, if that is wanted.</summary>
public sealed class LogsCommand(Terminal terminal, TimeProvider time)
{
    private const string Dim = "\e[2m", Plain = "\e[0m";

    private const int OutputBytes = 64 * 1024;

    private readonly ServiceCommand command = new("thaw logs", "the log", terminal, time);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.Logs);
            return ExitStatus.Success;
        }

        var options = LogsArguments.Parse(arguments, Environment.GetEnvironmentVariable(EndpointOption.Variable));
        return options.Problem is null
            ? await command.RunAsync(options.Value.Endpoint, client => ShowAsync(client, options.Value, stop))
            : command.Fails(options.Problem);
    }

    private async Task<int> ShowAsync(ServiceClient client, LogsOptions options, CancellationToken stop)
    {
        using var response = await client.SendAsync(
            HttpMethod.Get, PathFor(options), default, HttpCompletionOption.ResponseHeadersRead, stop);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return command.Fails(
                $"{client.Address} has no function {options.Function}, and no log of one; thaw list tells which it has",
                ExitStatus.FunctionError);
        }

        var body = await response.Content.ReadAsStreamAsync(stop);
        if (response.StatusCode == HttpStatusCode.Forbidden)
            return command.Fails($"{client.Address} does not know who asks; {ServiceAnswer.KeysHint}");
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/x-ndjson")
        {
            return command.Fails(
                $"{client.Address} answers {(int)response.StatusCode}, not as this version of Thaw does; "
                + "--endpoint wants the address that thaw up has told");
        }

        if (options.Json)
            await body.CopyToAsync(terminal.Live, stop);
        else
            await PrintAsync(body, stop);
        return ExitStatus.Success;
    }

    private string PathFor(LogsOptions options)
    {
        var path = new StringBuilder("/thaw/logs/").Append(Uri.EscapeDataString(options.Function)).Append("?follow=")
            .Append(options.Follow ? "true" : "false");
        if ((options.From ?? (time.GetUtcNow() - options.Since)) is { } since)
            path.Append(CultureInfo.InvariantCulture, $"&since={since.ToUnixTimeMilliseconds()}");
        if (options.RequestId is { } id)
            path.Append("&requestId=").Append(Uri.EscapeDataString(id));
        return path.ToString();
    }

    private async Task PrintAsync(Stream body, CancellationToken stop)
    {
        using var lines = new StreamReader(body, Encoding.UTF8);
        await using var output = new BufferedStream(terminal.Live, OutputBytes);
        while (true)
        {
            // Whoever follows sees what there is before it is waited for more.
            var next = lines.ReadLineAsync(stop);
            if (!next.IsCompleted)
                await output.FlushAsync(stop);
            if (await next is not { } line)
                return;

            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.TryGetProperty("notice", out var notice))
            {
                await terminal.Error.WriteLineAsync($"thaw logs: {notice.GetString()}");
                continue;
            }

            var message = entry.RootElement.GetProperty("message").GetString()!.TrimEnd('\n');
            var isDim = terminal.ColorsOutput && entry.RootElement.GetProperty("source").ValueEquals("platform");
            await output.WriteAsync(Encoding.UTF8.GetBytes((isDim ? $"{Dim}{message}{Plain}" : message) + "\n"), stop);
        }
    }
}
