using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Service;

namespace Thaw.Cli.List;

/// <summary><c>thaw list</c>: the functions of a running daemon.</summary>
public sealed class ListCommand(Terminal terminal, TimeProvider time)
{
    private static readonly string[] Columns = ["NAME", "RUNTIME", "HANDLER", "MEMORY", "TIMEOUT", "CODE", "CHANGED"];

    private readonly ServiceCommand command = new("thaw list", "the list", terminal, time);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.List);
            return ExitStatus.Success;
        }

        var read = ArgumentList.Read(arguments, [EndpointOption.Name], ["--json"]);
        if (read.Problem is not null)
            return command.Fails(read.Problem);
        if (read.Value.Words.Count > 0)
            return command.Fails($"\"{read.Value.Words[0]}\" is one argument too many; it lists all functions");
        var endpoint = EndpointOption.Read(read.Value, Environment.GetEnvironmentVariable(EndpointOption.Variable));
        return endpoint.Problem is null
            ? await command.RunAsync(endpoint.Value, client => ListAsync(client, read.Value.Has("--json"), stop))
            : command.Fails(endpoint.Problem);
    }

    private async Task<int> ListAsync(ServiceClient client, bool json, CancellationToken stop)
    {
        var functions = new List<JsonElement>();
        string? marker = null;
        do
        {
            var page = await client.GetAsync(
                ServiceClient.Functions + (marker is null ? "" : $"?Marker={Uri.EscapeDataString(marker)}"), stop);
            if (!page.Succeeded)
                return command.Refused(client, page);
            functions.AddRange(page.Json.GetProperty("Functions").EnumerateArray());
            marker = page.Json.TryGetProperty("NextMarker", out var next) ? next.GetString() : null;
        }
        while (marker is not null);

        if (json)
            await terminal.PrintAsync(Document(functions));
        else if (functions.Count > 0)
            await terminal.PrintAsync(Table([Columns, .. functions.Select(Row)]));
        else
            command.Says($"{client.Address} has no functions; thaw deploy DIR brings one");
        return ExitStatus.Success;
    }

    private static string[] Row(JsonElement function)
    {
        return
        [
            Text("FunctionName"), Text("Runtime"), Text("Handler"), Number("MemorySize") + " MB", Number("Timeout") + " s",
            Number("CodeSize"), Text("LastModified"),
        ];

        string Text(string member) => function.TryGetProperty(member, out var value) ? value.GetString() ?? "-" : "-";
        string Number(string member) => function.TryGetProperty(member, out var value)
            ? value.GetInt64().ToString(CultureInfo.InvariantCulture)
            : "-";
    }

    // No ends of lines with spaces, and one line for each function, for those who cut and grep.
    private static string Table(string[][] rows)
    {
        var widths = Columns.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', rows.Select(row =>
            string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    private static string Document(List<JsonElement> functions)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var function in functions)
                function.WriteTo(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
