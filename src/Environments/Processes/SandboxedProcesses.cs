using Thaw.Contracts;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>The lifecycle's processes, started in a sandbox with the variables, folders and output that Lambda gives them.</summary>
/// <param name="files">Where they lie on this machine, to be looked at.</param>
/// <param name="inside">Where they lie for the processes.</param>
/// <param name="runtime">As it starts inside.</param>
/// <param name="image">What starts in its place.</param>
internal sealed class SandboxedProcesses(
    Sandbox sandbox,
    FunctionFiles files,
    FunctionFiles inside,
    RuntimeCommand runtime,
    EnvironmentVariables variables,
    ProcessOutputs outputs,
    Func<Task> abortConnections,
    FunctionImage? image = null)
    : IParticipantProcesses
{
    /// <summary>How long killing may take before the sandbox counts as lost; spec 1.8.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(9);

    public IReadOnlyList<string> ExtensionNames => files.ExtensionNames();

    public long MaxMemoryUsedBytes => sandbox.PeakMemoryBytes();

    public async Task<ProcessStarted> StartExtensionAsync(string name)
    {
        var start = new ProcessStart
        {
            Path = inside.ExtensionPath(name),
            Environment = variables.ForExtension(),
            WorkingDirectory = "/",
            Output = outputs.Of(name),
            Label = name,
        };
        return await StartAsync(start, Refusal(ErrorType.ExtensionLaunchError));
    }

    public async Task<ProcessStarted> StartRuntimeAsync()
    {
        if (image is not null)
            return await StartAsync(image);
        if (runtime.Path is null)
        {
            var reason = $"Couldn't find valid bootstrap(s): [{string.Join(' ', runtime.Arguments)}]";
            return new ProcessStarted.Refused(ErrorType.RuntimeInvalidEntrypoint, reason);
        }

        if (!Directory.Exists(files.TaskRoot))
            return new ProcessStarted.Refused(ErrorType.RuntimeInvalidWorkingDir, $"chdir {inside.TaskRoot}: no such file or directory");

        var environment = variables.ForRuntime();
        var wrapper = runtime.ManagedName is null ? null : environment.GetValueOrDefault("AWS_LAMBDA_EXEC_WRAPPER");
        var words = (string.IsNullOrEmpty(wrapper) ? runtime : runtime.WrappedBy(inside.Locate(wrapper))).Words;
        var start = new ProcessStart
        {
            Path = words[0],
            Arguments = [.. words.Skip(1)],
            Environment = environment,
            WorkingDirectory = inside.TaskRoot,
            Output = outputs.Of(ParticipantNames.Runtime),
            Label = ParticipantNames.Runtime,
            ExtraOutput = runtime.ReadsLogFrames ? EnvironmentVariables.LogDescriptor : null,
        };
        return await StartAsync(start, Refusal(ErrorType.RuntimeInvalidEntrypoint));
    }

    public async Task<bool> KillAllAsync()
    {
        var allGone = false;
        try
        {
            await sandbox.KillAllAsync(KillLimit);
            allGone = true;
        }
        catch (SandboxException)
        {
            // The sandbox is broken or holds something that does not die: its owner sees that, and destroys it as a whole.
        }

        outputs.End();
        await abortConnections();
        return allGone;
    }

    private static Func<string, ProcessStartException, ProcessStarted.Refused> Refusal(ErrorType type) =>
        (path, failure) => new(type, RefusalText.For(path, failure));

    private async Task<ProcessStarted> StartAsync(FunctionImage image)
    {
        var (entry, environment) = (new ImageEntry(image), variables.ForRuntime());
        var (program, refusal) = entry.Find(environment.GetValueOrDefault("PATH"));
        var start = new ProcessStart
        {
            Path = program,
            Arguments = [.. image.Words.Skip(1)],
            Environment = environment,
            WorkingDirectory = image.WorkingDirectory,
            Output = outputs.Of(ParticipantNames.Runtime),
            Label = ParticipantNames.Runtime,
        };
        return refusal ?? await StartAsync(start, entry.Refusal);
    }

    private async Task<ProcessStarted> StartAsync(
        ProcessStart start, Func<string, ProcessStartException, ProcessStarted.Refused> refusal)
    {
        try
        {
            return new ProcessStarted.Running(new RunningProcess(await sandbox.StartAsync(start)));
        }
        catch (ProcessStartException failure)
        {
            return refusal(start.Path, failure);
        }
        catch (SandboxException failure)
        {
            return new ProcessStarted.Refused(ErrorType.SandboxFailure, failure.Message);
        }
    }
}
