using System.Text;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Service;
using Thaw.Daemon.Functions;

namespace Thaw.Cli.Deploy;

/// <summary>
/// <c>thaw deploy</c>: makes a running daemon's function what a folder is.
///
///   pack --> layers that are not there yet --> create, or update what differs --> wait until it can be invoked
/// </summary>
public sealed class DeployCommand(Terminal terminal, TimeProvider time)
{
    private readonly ServiceCommand command = new("thaw deploy", "the ARN", terminal, time);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (ArgumentList.AskForHelp(arguments))
        {
            await terminal.PrintAsync(Help.Deploy);
            return ExitStatus.Success;
        }

        var options = DeployArguments.Parse(arguments, Environment.GetEnvironmentVariable(EndpointOption.Variable));
        if (options.Problem is not null)
            return command.Fails(options.Problem);
        if (options.Value.Image is { } image)
            return await RunAsync(options.Value, FunctionFolder.OfImage, _ => ImageSource.Of(image), stop);
        if (options.Value.Function.Layers.Prepend(options.Value.Function.Path).FirstOrDefault(IsMissing) is { } missing)
            return command.Fails($"there is no folder or zip file {missing}");
        var work = Directory.CreateTempSubdirectory("thaw-deploy-");
        try
        {
            return await RunAsync(
                options.Value, request => FunctionFolder.Load(request, work.FullName), function => Package.Of(function.Sources[0]), stop);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private async Task<int> RunAsync(
        DeployOptions options,
        Func<FunctionRequest, FunctionFolder> load,
        Func<FunctionFolder, IFunctionCode> codeOf,
        CancellationToken stop)
    {
        try
        {
            var function = load(options.Function);
            if (function.Image is not null)
                return command.Fails("this folder is a container image by its thaw.json; thaw deploy --image PATH NAME brings one");
            var code = codeOf(function);
            Layer[] layers = [.. function.Sources.Skip(1).Select(Layer.Of)];
            return await command.RunAsync(options.Endpoint, async client =>
            {
                var end = await new Deployment(client, command, options, code, stop).RunAsync(function, layers);
                if (end.Problem is not null)
                    return command.Fails(end.Problem);
                await terminal.PrintAsync(
                    options.Json ? Encoding.UTF8.GetString(end.Value.Body) : end.Value.Json.GetProperty("FunctionArn").GetString()!);
                return ExitStatus.Success;
            });
        }
        catch (UnusableFunctionException unusable)
        {
            return command.Fails(unusable.Message);
        }
    }

    private static bool IsMissing(string path) => !Directory.Exists(path) && !File.Exists(path);
}
