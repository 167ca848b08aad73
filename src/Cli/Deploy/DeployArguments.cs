using Thaw.Cli.CommandLine;
using Thaw.Cli.Service;
using Thaw.Contracts;
using Thaw.Daemon.Functions;

namespace Thaw.Cli.Deploy;

/// <summary>Turns the words after <c>thaw deploy</c> into <see cref="DeployOptions"/>, or into one line that names the mistake and its
/// fix.</summary>
public static class DeployArguments
{
    private const string UsualRole = $"arn:aws:iam::{FunctionConfiguration.LocalAccountId}:role/thaw";

    private static readonly string[] Valued =
    [
        "--image", "--name", "--handler", "--runtime", "--layer", VariableOption.Name, "--timeout", "--memory", "--role",
        EndpointOption.Name,
    ];

    private static readonly string[] NotOfImages = ["--runtime", "--handler", "--layer", "--name"];

    private static readonly string[] Flags = ["--publish", "--json"];

    /// <param name="endpoint">What THAW_ENDPOINT says.</param>
    public static Outcome<DeployOptions> Parse(IReadOnlyList<string> arguments, string? endpoint = null)
    {
        var read = ArgumentList.Read(arguments, Valued, Flags);
        if (read.Problem is not null)
            return Wrong(read.Problem);
        var given = read.Value;
        var image = given.Value("--image");
        if (given.Words.ToArray() is not [var path, .. var more])
        {
            return Wrong(image is null
                ? "which function? Give its folder or zip file, for example thaw deploy samples/hello-node"
                : $"what is the function's name? Give it after the image, for example thaw deploy --image {image} orders");
        }

        if (more.Length > 0)
            return Wrong($"one function at a time: \"{more[0]}\" is one argument too many (quote values that contain spaces)");

        var timeout = NumberOption.Read(given, "--timeout", "seconds", Limits.MinTimeoutSeconds, Limits.MaxTimeoutSeconds, 30);
        var memory = NumberOption.Read(given, "--memory", "megabytes", Limits.MinMemoryMegabytes, Limits.MaxMemoryMegabytes, 512);
        var variables = VariableOption.Read(given);
        var address = EndpointOption.Read(given, endpoint);
        var problem = timeout.Problem ?? memory.Problem ?? variables.Problem ?? address.Problem;
        if (problem is not null)
            return Wrong(problem);
        var function = new FunctionRequest
        {
            Path = path,
            Handler = given.Value("--handler"),
            Runtime = given.Value("--runtime"),
            Layers = given.Values("--layer"),
            Variables = variables.Value,
            TimeoutSeconds = timeout.Value,
            MemoryMegabytes = memory.Value,
        };
        if (image is not null && NotOfImages.FirstOrDefault(given.Has) is { } unfit)
        {
            return Wrong(unfit == "--name"
                ? "with --image, the function's name is the argument: leave --name away"
                : $"an image has its own runtime, handler and layers: leave {unfit} away");
        }

        return new(new DeployOptions(
            function,
            image is null ? given.Value("--name") : path,
            given.Value("--role") ?? UsualRole,
            given.Has("--publish"),
            given.Has("--json"),
            address.Value)
        {
            Image = image,
        });
    }

    private static Outcome<DeployOptions> Wrong(string problem) => Outcome<DeployOptions>.Unusable(problem);
}
