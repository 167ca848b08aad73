using System.Globalization;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Programs;

/// <summary>Makes the daemon's sandboxes of namespaces, one when it is told to.</summary>
internal sealed class SandboxMaker : IDisposable
{
    private readonly Child program;
    private readonly FileDescriptor orders;
    private int made;

    /// <param name="launchers">How many wait ready.</param>
    internal SandboxMaker(Workbench bench, int launchers)
    {
        var (input, output) = FileDescriptor.Pipe();
        using (input)
        {
            program = bench.Start(
                bench.SandboxMaker,
                (input.Number, null, null),
                Path.GetDirectoryName(bench.Thaw)!,
                bench.NewFolder($"sandbox-maker-{launchers}"),
                launchers.ToString(CultureInfo.InvariantCulture));
        }

        orders = output;
    }

    /// <summary>How long the next one took, from nothing to an agent that serves.</summary>
    internal unsafe double MakeMilliseconds()
    {
        var line = (byte)'\n';
        LinuxException.ThrowIfFailed((int)Syscalls.write(orders.Number, &line, 1), "write");
        var name = string.Create(CultureInfo.InvariantCulture, $"sandbox {made++}: ");
        return double.Parse(program.AwaitLine(name), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        // Without further orders it clears its house and ends.
        orders.Dispose();
        program.AwaitEnd();
    }
}
