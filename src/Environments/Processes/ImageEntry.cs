using Thaw.Contracts;
using Thaw.Environments.Functions;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>
/// How the first process of an image starts, as other runners of images do it; and AWS's words when it does not. Spec 1.7, 5.1.
/// </summary>
internal sealed class ImageEntry(FunctionImage image)
{
    private const int ENOENT = 2, ENOEXEC = 8, EACCES = 13, ENOTDIR = 20, ELOOP = 40;

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Finds the program; a refusal when nothing can be started.</summary>
    /// <param name="path">PATH, as the process will have it.</param>
    public (string Program, ProcessStarted.Refused? Refusal) Find(string? path)
    {
        if (image.Words is not [{ Length: > 0 } first, ..])
        {
            const string Reason = "there is no entry point: neither the image nor ImageConfig has an EntryPoint or a Command";
            return ("", new(ErrorType.RuntimeInvalidTaskConfig, Reason) { ImageFault = $"Invalid task config: {Reason}" });
        }

        if (!IsFolder(image.WorkingDirectory))
            return ("", Launch(ErrorType.RuntimeInvalidWorkingDir, $"chdir {image.WorkingDirectory}: no such file or directory"));
        if (first.Contains('/', StringComparison.Ordinal))
            return (Path.Combine(image.WorkingDirectory, first), null);
        return (path ?? "").Split(':').Select(folder => Path.Combine("/", folder, first)).FirstOrDefault(IsProgram) is { } found
            ? (found, null)
            : ("", Launch(ErrorType.RuntimeInvalidEntrypoint, $"exec: \"{first}\": executable file not found in $PATH"));
    }

    /// <summary>What it means that the sandbox could not start the program.</summary>
    public ProcessStarted.Refused Refusal(string program, ProcessStartException failure)
    {
        var reason = RefusalText.For(program, failure);
        return failure.Errno is ENOENT or ENOEXEC or EACCES or ENOTDIR or ELOOP
            ? Launch(ErrorType.RuntimeInvalidEntrypoint, reason)
            : new(ErrorType.RuntimeInvalidTaskConfig, reason) { ImageFault = $"Invalid task config: {reason}" };
    }

    private ProcessStarted.Refused Launch(ErrorType type, string reason) => new(type, reason)
    {
        ImageFault = $"Launch error: {reason}\tEntrypoint: [{string.Join(',', image.EntryPoint)}]\t"
            + $"Cmd: [{string.Join(',', image.Command)}]\tWorkingDir: [{image.WorkingDirectory}]",
    };

    private bool IsFolder(string inside) => image.OnMachine(inside) is { } folder && Directory.Exists(folder);

    private bool IsProgram(string inside) => !OperatingSystem.IsWindows()
        && image.OnMachine(inside) is { } file && File.Exists(file) && (File.GetUnixFileMode(file) & Executable) != 0;
}
