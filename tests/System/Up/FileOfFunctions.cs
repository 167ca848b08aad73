using Thaw.Linux;

namespace Thaw.SystemTests.Up;

/// <summary>
/// A file in /tmp as functions see it, which is the machine's own or one of each sandbox: by it a test speaks to functions at work,
/// whatever isolates them. The kernel shows every process's root at /proc/PID/root.
/// </summary>
internal sealed class FileOfFunctions(RunningDaemon daemon) : IDisposable
{
    /// <summary>As functions name it.</summary>
    public string Path { get; } = $"/tmp/thaw-test-{Guid.NewGuid():N}";

    /// <summary>Every environment that is there now has the file from now on.</summary>
    public void Write(string text = "")
    {
        // At once: nobody sees half of it. And not even root may write into what another user has in a /tmp.
        var written = InEveryRoot(file =>
        {
            File.WriteAllText($"{file}.draft", text);
            File.Move($"{file}.draft", file, overwrite: true);
        });
        Assert.True(written > 0, "no environment is there");
    }

    public void Delete() => InEveryRoot(File.Delete);

    /// <summary>What is in sandboxes ends with them.</summary>
    public void Dispose() => File.Delete(Path);

    private int InEveryRoot(Action<string> act)
    {
        var done = 0;
        foreach (var pid in ProcessTree.DescendantsOf(daemon.Pid))
        {
            try
            {
                act($"/proc/{pid}/root{Path}");
                done++;
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return done;
    }
}
