using Thaw.Linux;
using Thaw.SystemTests.Runs;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>A user without any privilege, with a copy of the program that he can read. Only root can become him.</summary>
internal sealed class PlainUserOfTest : IDisposable
{
    public const uint Id = 65534;

    private static readonly string[] Becoming = ["setpriv", $"--reuid={Id}", $"--regid={Id}", "--clear-groups"];

    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-plain-");

    private PlainUserOfTest(string[] launcher) =>
        Program = [.. launcher, ThawProgram.CopyTo(Path.Combine(folder.FullName, "thaw"))];

    /// <summary>What starts thaw as him.</summary>
    public string[] Program { get; }

    /// <summary>Whom the kernel gives user namespaces.</summary>
    /// <param name="groups">His own, where he is to have some.</param>
    public static PlainUserOfTest Nobody(DelegatedGroups? groups = null)
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root becomes another user");
        Assert.SkipUnless(Allows(), "this kernel gives plain users no namespaces");
        return new([.. groups?.Entering ?? [], .. Becoming]);
    }

    /// <summary>Whom it gives none, as it is on machines where somebody has said so.</summary>
    public static PlainUserOfTest WithoutNamespaces()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0 && Allows(), "only root can take namespaces from a user, where there are any");
        const string Forbidding = "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps=-all --inh-caps=-all \"$@\"";
        return new(["unshare", "--user", $"--map-user={Id}", $"--map-group={Id}", "--keep-caps", "sh", "-c", Forbidding, "sh"]);
    }

    /// <summary>Gives him a folder, which is made.</summary>
    public static void Own(string path)
    {
        Directory.CreateDirectory(path);
        Assert.Equal(0, Syscalls.fchownat(Syscalls.AT_FDCWD, path, Id, Id, 0));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static bool Allows()
    {
        string[] namespaces = ["unshare", "--map-root-user", "-fpmniu", "--mount-proc", "true"];
        using var attempt = System.Diagnostics.Process.Start(Becoming[0], [.. Becoming[1..], .. namespaces]);
        attempt.WaitForExit();
        return attempt.ExitCode == 0;
    }
}
