using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Testing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>A root for the sandboxes of one test, where this machine can have any.</summary>
internal sealed class NamespaceWords : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Lazy<RootFileSystem> root;
    private int count;

    internal NamespaceWords()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        Assert.SkipUnless(File.Exists("/proc/self/ns/user"), "this kernel has no user namespaces");
        root = new(() => RootFileSystem.Make(System.IO.Path.Combine(folder.Path, "root"), "sandbox"));
    }

    internal string Path => folder.Path;

    internal NamespaceSandboxOptions Options => new()
    {
        Root = root.Value,
        TemporaryFolder = System.IO.Path.Combine(folder.Path, $"tmp{Interlocked.Increment(ref count)}"),
        DestroyLimit = Patience,
        SetupLimit = Patience,
    };

    internal Task<NamespaceSandbox> NewSandboxAsync() => NamespaceSandbox.CreateAsync(Options);

    /// <summary>A folder that others may read, with one file.</summary>
    internal string Folder(string name, string file, string text)
    {
        var path = System.IO.Path.Combine(folder.Path, name);
        Directory.CreateDirectory(path);
        File.WriteAllText(System.IO.Path.Combine(path, file), text);
        return path;
    }

    /// <summary>What a script prints, with its errors, in a sandbox of its own.</summary>
    internal async Task<string> PrintedByAsync(Func<IProcessOutput, ProcessStart> program, params MountInside[] mounts)
    {
        await using var sandbox = await NamespaceSandbox.CreateAsync(Options);
        await sandbox.FurnishAsync(new() { Mounts = mounts });
        return await PrintedByAsync(sandbox, program);
    }

    internal static async Task<string> PrintedByAsync(Sandbox sandbox, Func<IProcessOutput, ProcessStart> program)
    {
        var output = new Collected();
        var process = await sandbox.StartAsync(program(output)).InTimeAsync();
        await process.Exited.InTimeAsync();
        return output.Stdout + output.Stderr;
    }

    public void Dispose() => folder.Dispose();
}
