using System.Text.Json;
using Thaw.Linux;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.SystemTests.Up;

/// <summary>What tests of versions with SnapStart ask a daemon for.</summary>
internal static class SnapStartCalls
{
    public const string Functions = "/2015-03-31/functions";

    /// <summary>Tells what it drew in Init; holds memory as its variables say, and sleeps as they do, or its event.</summary>
    public const string Python = """
        import os, time, uuid
        of_init = uuid.uuid4().hex
        held = os.urandom(int(os.environ.get('HELD_MB', '0')) * 1024 * 1024)
        time.sleep(int(os.environ.get('INIT_SECONDS', '0')))
        def handler(event, context):
            time.sleep(event.get('seconds', 0))
            return {'init': of_init, 'version': context.function_version}
        """;

    /// <summary>Skips the test where no snapshots are to be had.</summary>
    public static void SkipWithoutSnapshots()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        Assert.SkipWhen(Criu.Find() is null, $"there is no CRIU {Criu.Oldest} or later (fix: thaw doctor --fix)");
    }

    /// <param name="mark">A variable of all its processes, as NAME=VALUE.</param>
    public static Task CreateForSnapshotsAsync(
        this RunningDaemon daemon, string name, string mark, int heldMegabytes = 0, int initSeconds = 0)
    {
        var (variable, value) = (mark.Split('=')[0], mark.Split('=')[1]);
        var variables = $$"""{"{{variable}}":"{{value}}","HELD_MB":"{{heldMegabytes}}","INIT_SECONDS":"{{initSeconds}}"}""";
        return daemon.CreateReadyAsync(
            name,
            CreatedFunctions.Zip("app.py", Python),
            $$""","SnapStart":{"ApplyOn":"PublishedVersions"},"MemorySize":{{512 + heldMegabytes}},"""
                + $$""" "Environment":{"Variables":{{variables}}}""",
            "python3.12",
            "app.handler");
    }

    /// <summary>Its answer, at once; the version is pending.</summary>
    public static async Task<string> PublishAsync(this RunningDaemon daemon, string name)
    {
        var published = await daemon.CallAsync(HttpMethod.Post, $"{Functions}/{name}/versions", "{}");
        Assert.Equal(201, published.Status);
        return published.Json.GetProperty("Version").GetString()!;
    }

    /// <param name="patience">Longer than usual for one that is large.</param>
    public static async Task<string> PublishedAsync(this RunningDaemon daemon, string name, TimeSpan? patience = null)
    {
        var version = await daemon.PublishAsync(name);
        Assert.Equal(("Active", "On"), await daemon.MadeAsync(name, version, patience));
        return version;
    }

    /// <summary>How a version stands as soon as it is not pending any more.</summary>
    public static async Task<(string State, string Optimization)> MadeAsync(
        this RunningDaemon daemon, string name, string version, TimeSpan? patience = null)
    {
        JsonElement shown = default;
        await daemon.UntilAsync(
            async () => (shown = await daemon.ShownAsync(name, version)).GetProperty("State").GetString() != "Pending",
            $"{name}:{version} is made",
            patience);
        return (shown.GetProperty("State").GetString()!, shown.GetProperty("SnapStart").GetProperty("OptimizationStatus").GetString()!);
    }

    public static async Task<JsonElement> ShownAsync(this RunningDaemon daemon, string name, string version) =>
        (await daemon.GetAsync($"{Functions}/{name}/configuration?Qualifier={version}")).Succeeded().Json;

    public static async Task<string> InitOfAsync(this RunningDaemon daemon, string name, string version, string json = "{}") =>
        (await daemon.InvokeAsync($"{name}:{version}", json)).Succeeded().Json.GetProperty("init").GetString()!;
}
