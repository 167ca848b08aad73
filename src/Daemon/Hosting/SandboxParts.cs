using Thaw.Sandboxing;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Storage;

namespace Thaw.Daemon.Hosting;

/// <summary>
/// What sandboxes of namespaces have beside their namespaces, as far as this machine has it: limits, a file system for each /tmp, a way
/// out. A machine that lacks one of them says so once, and its functions go without.
/// </summary>
internal sealed class SandboxParts : IAsyncDisposable
{
    private readonly TmpImages? images;
    private readonly SwiftMoves? moves;

    private SandboxParts(ControlGroups? groups, TmpImages? images, NatNetwork? nat)
    {
        (Groups, this.images, Nat) = (groups, images, nat);
        moves = groups is null ? null : SwiftMoves.TryHold();
        TakeTmp = images is null ? null : images.TakeAsync;
    }

    public ControlGroups? Groups { get; }

    /// <summary>A file system for a /tmp of so many megabytes; null where there are none.</summary>
    public Func<int, ValueTask<TmpImage>>? TakeTmp { get; private init; }

    public NatNetwork? Nat { get; }

    /// <summary>Takes what there is, and takes away what dead daemons have left of it.</summary>
    /// <param name="folder">For the images.</param>
    public static async Task<SandboxParts> TakeAsync(string folder, NetworkKind network, TimeProvider time, Action<string> notice)
    {
        if (PlainUser.IsOwnMaster)
            return await TakeOfPlainUserAsync(network, notice);
        var nat = Task.Run(() => network >= NetworkKind.Nat ? NatNetwork.Start(new()) : null);
        var groups = await OrNotAsync(FindGroupsAsync, "functions have no limits and are not frozen", notice);
        TellWhatIsMissing(groups, notice);
        var images = await OrNotAsync(
            () => TryImagesAsync(new(new() { Directory = folder }, time, failure => notice(failure.Message))),
            "nothing limits what functions write to /tmp",
            notice);
        return new(groups, images, await OrNotAsync(() => nat, "functions have no network beyond their own loopback", notice));
    }

    public async ValueTask DisposeAsync()
    {
        if (images is not null)
            await images.DisposeAsync();
        try
        {
            await (Groups?.CloseAsync() ?? Task.CompletedTask);
            Nat?.Dispose();
        }
        catch (SandboxException)
        {
            // What is left is the next daemon's to sweep.
        }

        moves?.Dispose();
    }

    // Loop devices and links between networks are root's to make.
    private static async Task<SandboxParts> TakeOfPlainUserAsync(NetworkKind network, Action<string> notice)
    {
        if (network == NetworkKind.Nat)
        {
            notice("functions have no network beyond their own loopback: only root makes links to others "
                + "(fix: run thaw as root, or let them have this machine's by --network host)");
        }

        var groups = await OrNotAsync(FindGroupsAsync, "functions have no limits of memory and processors and are not frozen", notice);
        TellWhatIsMissing(groups, notice);
        return new(groups, images: null, nat: null) { TakeTmp = megabytes => ValueTask.FromResult(TmpInMemory.Make(megabytes)) };
    }

    // An administrator may have delegated some and not others.
    private static void TellWhatIsMissing(ControlGroups? groups, Action<string> notice)
    {
        foreach (var same in groups?.Missing.GroupBy(one => one.Reason) ?? [])
        {
            var names = same.Select(one => one.Controller is { } controller ? $"a limit of {controller}" : "freezing");
            notice($"functions go without {string.Join(", ", names).ToLowerInvariant()}: {same.Key}");
        }
    }

    private static async Task<T?> OrNotAsync<T>(Func<Task<T?>> take, string without, Action<string> notice)
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

    private static async Task<TmpImages?> TryImagesAsync(TmpImages images)
    {
        try
        {
            await images.TryAsync();
            return images;
        }
        catch
        {
            await images.DisposeAsync();
            throw;
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
