using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Service;
using Thaw.Daemon.Functions;

namespace Thaw.Cli.Deploy;

/// <summary>Makes a function of a daemon what it shall be, call by call. What is so already is left alone.</summary>
internal sealed class Deployment(
    ServiceClient client, ServiceCommand command, DeployOptions options, IFunctionCode code, CancellationToken stop)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The configuration in the end, or why there is none.</summary>
    public async Task<Outcome<ServiceAnswer>> RunAsync(FunctionFolder function, IReadOnlyList<Layer> layers)
    {
        var name = options.Name ?? function.Configuration.Name;
        if (IsInFolder(await client.GetAsync(ServiceClient.FunctionPath(name), stop)))
        {
            return Wrong($"{client.Address} serves {name} from a folder below its --functions, so an edit there is all that it needs; "
                + "--name deploys this under another name");
        }

        var arns = new List<string>();
        foreach (var layer in layers)
        {
            var arn = await PublishAsync(layer with { Name = $"{name}-{layer.Name}" });
            if (arn.Problem is not null)
                return Wrong(arn.Problem);
            arns.Add(arn.Value);
        }

        var known = function.Said.Contains("Layers") ? arns : null;
        var there = await client.GetAsync(ServiceClient.FunctionPath(name, "/configuration"), stop);
        var changed = there.Status == 404 ? await CreateAsync(name, function, known)
            : there.Succeeded ? await UpdateAsync(name, there, FunctionMembers.Of(function, known, all: false))
            : Refused(there);
        return changed.Problem is null && options.Publish ? await PublishAsync(name) : changed;
    }

    private async Task<Outcome<ServiceAnswer>> CreateAsync(string name, FunctionFolder function, IReadOnlyList<string>? layers)
    {
        command.Says($"{name}: creating it ({code.Contents})");
        var members = FunctionMembers.Of(function, layers, all: true);
        members["FunctionName"] = name;
        members["Role"] = options.Role;
        members["PackageType"] = code.PackageType;
        var created = await SendAsync(HttpMethod.Post, ServiceClient.Functions, json =>
        {
            Write(json, members);
            json.WriteStartObject("Code");
            code.Write(json);
            json.WriteEndObject();
        });
        return created.Succeeded ? await ReadyAsync(name, created) : Refused(created);
    }

    private async Task<Outcome<ServiceAnswer>> UpdateAsync(string name, ServiceAnswer there, JsonObject members)
    {
        var ready = await ReadyAsync(name, there);
        var steps = 0;
        if (ready.Problem is null && !code.IsIn(ready.Value.Json))
        {
            command.Says($"{name}: updating its code ({code.Contents})");
            ready = await ChangeAsync(name, "/code", code.Write);
            steps++;
        }

        if (ready.Problem is null && !FunctionMembers.AreIn(ready.Value.Json, members))
        {
            command.Says($"{name}: updating its configuration");
            ready = await ChangeAsync(name, "/configuration", json => Write(json, members));
            steps++;
        }

        if (ready.Problem is null && steps == 0)
            command.Says($"{name}: nothing has changed");
        return ready;
    }

    private async Task<Outcome<ServiceAnswer>> ChangeAsync(string name, string what, Action<Utf8JsonWriter> body)
    {
        var changed = await SendAsync(HttpMethod.Put, ServiceClient.FunctionPath(name, what), body);
        return changed.Succeeded ? await ReadyAsync(name, changed) : Refused(changed);
    }

    private async Task<Outcome<ServiceAnswer>> PublishAsync(string name)
    {
        var published = await SendAsync(HttpMethod.Post, ServiceClient.FunctionPath(name, "/versions"), _ => { });
        if (!published.Succeeded)
            return Refused(published);
        command.Says($"{name}: this is version {Text(published, "Version")}");
        return new(published);
    }

    // Waits until it can be invoked as it now is.
    private async Task<Outcome<ServiceAnswer>> ReadyAsync(string name, ServiceAnswer answer)
    {
        for (var waited = TimeSpan.Zero; waited < code.Patience; waited += Pause)
        {
            if (!answer.Succeeded)
                return Refused(answer);
            if (Text(answer, "State") == "Failed")
                return Wrong($"{name} cannot run: {Text(answer, "StateReason")} ({Text(answer, "StateReasonCode")})");
            if (Text(answer, "LastUpdateStatus") == "Failed")
            {
                return Wrong($"{name} stays as it was: {Text(answer, "LastUpdateStatusReason")} "
                    + $"({Text(answer, "LastUpdateStatusReasonCode")})");
            }

            if (Text(answer, "State") != "Pending" && Text(answer, "LastUpdateStatus") != "InProgress")
                return new(answer);
            await Task.Delay(Pause, stop);
            answer = await client.GetAsync(ServiceClient.FunctionPath(name, "/configuration"), stop);
        }

        return Wrong($"{name} was not ready after {code.Patience.TotalMinutes} minutes; thaw logs {name} may tell more");
    }

    // The newest version, if that is it already.
    private async Task<Outcome<string>> PublishAsync(Layer layer)
    {
        var path = $"{ServiceClient.Layers}/{Uri.EscapeDataString(layer.Name)}/versions";
        var versions = await client.GetAsync($"{path}?MaxItems=1", stop);
        if (versions.Succeeded && versions.Json.GetProperty("LayerVersions").EnumerateArray().FirstOrDefault() is
            { ValueKind: JsonValueKind.Object } newest)
        {
            var version = await client.GetAsync($"{path}/{newest.GetProperty("Version").GetRawText()}", stop);
            if (version.Succeeded && version.Json.GetProperty("Content").GetProperty("CodeSha256").GetString() == layer.Package.Sha256)
                return new(Text(version, "LayerVersionArn")!);
        }

        command.Says($"{layer.Name}: publishing the layer ({layer.Package.Contents})");
        var published = await SendAsync(HttpMethod.Post, path, json =>
        {
            json.WriteStartObject("Content");
            json.WriteBase64String("ZipFile", layer.Package.Zip);
            json.WriteEndObject();
        });
        return published.Succeeded
            ? new(Text(published, "LayerVersionArn")!)
            : Outcome<string>.Unusable($"the layer {layer.Name}: {published.Problem}");
    }

    // Such code lies where its owner has it; what was uploaded is had by http, and an image by its name.
    private static bool IsInFolder(ServiceAnswer there) => there.Succeeded
        && there.Json.GetProperty("Code").TryGetProperty("Location", out var location)
        && location.GetString()!.StartsWith("file:", StringComparison.Ordinal);

    private static void Write(Utf8JsonWriter json, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            value!.WriteTo(json);
        }
    }

    private static string? Text(ServiceAnswer answer, string member) =>
        answer.Json.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static Outcome<ServiceAnswer> Wrong(string problem) => Outcome<ServiceAnswer>.Unusable(problem);

    private Outcome<ServiceAnswer> Refused(ServiceAnswer answer) => Wrong($"{client.Address} answers: {answer.Problem}");

    private Task<ServiceAnswer> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return client.SendAsync(method, path, bytes.WrittenMemory, stop);
    }
}
