using Thaw.Sandboxing;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Storage;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// What sandboxes of namespaces have beside their namespaces, as far as this machine has it: limits, a file system for each /tmp, a way
/// out. A machine that lacks one of them says so once, and its functions go without.
/// </summary>
internal sealed class SandboxParts : IAsyncDisposable
{
    private SandboxParts(ControlGroups? groups, TmpImages? images, NatNetwork? nat) => (Groups, Images, Nat) = (groups, images, nat);

    public ControlGroups? Groups { get; }

    public TmpImages? Images { get; }

    public NatNetwork? Nat { get; }

    /// <summary>Takes what there is, and takes away what dead daemons have left of it.</summary>
    /// <param name="folder">For the images.</param>
    public static async Task<SandboxParts> TakeAsync(string folder, NetworkKind network, TimeProvider time, Action<string> notice)
    {
        var nat = Task.Run(() => network >= NetworkKind.Nat ? NatNetwork.Start(new()) : null);
        var groups = await OrNotAsync(FindGroupsAsync, "functions have no limits and are not frozen");
        var images = await OrNotAsync(
            () => Task.FromResult<TmpImages?>(new(new() { Directory = folder }, time, failure => notice(failure.Message))),
            "nothing limits what functions write to /tmp");
        return new(groups, images, await OrNotAsync(() => nat, "functions have no network beyond their own loopback"));

        async Task<T?> OrNotAsync<T>(Func<Task<T?>> take, string without)
            where T : class
        {
            try
            {
                return await take();
            }
            catch (Exception failure) when (failure is SandboxException or IOException or UnauthorizedAccessException)
            {
                notice($"{without}: {failure.Message}");
                return null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Images is not null)
            await Images.DisposeAsync();
        try
        {
            await (Groups?.CloseAsync() ?? Task.CompletedTask);
            Nat?.Dispose();
        }
        catch (SandboxException)
        {
            // What is left is the next daemon's to sweep.
        }
    }

    private static async Task<ControlGroups?> FindGroupsAsync()
    {
        var groups = ControlGroups.Find();
        if (groups.WhyNot is { } reason)
            throw new SandboxException(reason);
        await groups.SweepAsync();
        return groups;
    }
}
