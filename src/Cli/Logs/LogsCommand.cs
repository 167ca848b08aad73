using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Thaw.Cli.CommandLine;

namespace Thaw.Cli.Logs;

/// <summary><c>thaw logs</c>: asks a running daemon for a function's log and prints it, and what comes, if that is wanted.</summary>
public sealed class LogsCommand(Terminal terminal, TimeProvider time)
{
    private const string Dim = "\e[2m", Plain = "\e[0m";

    /// <summary>EPIPE's number: nobody reads what we print.</summary>
    private const int BrokenPipe = 32;

    private const int OutputBytes = 64 * 1024;

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.Logs);
            return ExitStatus.Success;
        }

        var options = LogsArguments.Parse(arguments, Environment.GetEnvironmentVariable(LogsArguments.EndpointVariable));
        if (options.Problem is not null)
            return Fails(ExitStatus.Unusable, options.Problem);
        var endpoint = Shown(options.Value);
        try
        {
            return await ShowAsync(options.Value, stop);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError != HttpRequestError.ResponseEnded)
        {
            return Fails(ExitStatus.Unusable,
                $"no daemon answers at {endpoint}; start one by thaw up, or name another by --endpoint "
                + $"or {LogsArguments.EndpointVariable}");
        }
        catch (Exception cut) when (cut is HttpRequestException or HttpIOException or IOException { InnerException: SocketException })
        {
            return Fails(ExitStatus.Unusable, $"the daemon at {endpoint} went away in the middle; start it again by thaw up");
        }
        catch (IOException unread) when (unread.HResult == BrokenPipe)
        {
            // Whoever had it piped to him, head or grep -m1, has seen enough.
            return ExitStatus.Success;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Fails(ExitStatus.Unusable, $"the log cannot be written: {failure.Message}");
        }
    }

    private async Task<int> ShowAsync(LogsOptions options, CancellationToken stop)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Endpoint, PathFor(options)));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return Fails(ExitStatus.FunctionError,
                $"{Shown(options)} has no function {options.Function}, and no log of one; its name is that of its folder in --functions");
        }

        var body = await response.Content.ReadAsStreamAsync(stop);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/x-ndjson")
        {
            return Fails(ExitStatus.Unusable,
                $"{Shown(options)} answers {(int)response.StatusCode}, not as this version of Thaw does; "
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
        var path = new StringBuilder("thaw/logs/").Append(Uri.EscapeDataString(options.Function)).Append("?follow=")
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

    private static string Shown(LogsOptions options) => options.Endpoint.ToString().TrimEnd('/');

    private int Fails(int status, string problem)
    {
        terminal.Error.WriteLine($"thaw logs: {problem}");
        return status;
    }
}
