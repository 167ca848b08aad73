using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Thaw.Daemon.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Functions;

public sealed class Watched_function : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly WatchedFunction function;

    public Watched_function()
    {
        folder.Write("f/bootstrap", "#!/bin/sh", executable: true);
        function = new(
            Path.Combine(folder.Path, "f"), Path.Combine(folder.Path, "work"), RuntimeCatalog.OfThisMachine(), time, _ => { });
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Is_unknown_without_a_description() => Assert.IsType<FunctionState.Unknown>(await function.StateAsync());

    [Fact]
    public async Task Keeps_its_revision_while_nothing_changes()
    {
        Describe("");
        Assert.Equal(1, await RevisionAsync());
        time.Advance(Rest);
        Assert.Equal(1, await RevisionAsync());
    }

    [Fact]
    public async Task Is_read_anew_after_an_edit_when_the_last_look_has_aged()
    {
        Describe("");
        Assert.Equal(1, await RevisionAsync());
        folder.Write("f/other");
        Assert.Equal(1, await RevisionAsync());
        time.Advance(Rest);
        Assert.Equal(2, await RevisionAsync());
    }

    [Fact]
    public async Task Goes_and_comes_back_with_a_new_revision()
    {
        Describe("");
        Assert.Equal(1, await RevisionAsync());
        File.Delete(Path.Combine(folder.Path, "f/thaw.json"));
        time.Advance(Rest);
        Assert.IsType<FunctionState.Unknown>(await function.StateAsync());
        Describe("");
        time.Advance(Rest);
        Assert.Equal(2, await RevisionAsync());
    }

    [Fact]
    public async Task Is_mended_by_what_appears_outside_of_its_folder()
    {
        Describe("""
            "Layers": ["../layer"]
            """);
        for (var look = 0; look < 3; look++)
        {
            Assert.Contains("layer", Assert.IsType<FunctionState.Unusable>(await function.StateAsync()).Message, StringComparison.Ordinal);
            time.Advance(Rest);
        }

        folder.Write("layer/extensions/one", "#!/bin/sh", executable: true);
        time.Advance(Rest);
        Assert.Equal(1, await RevisionAsync());

        // The layer counts as the function's own.
        folder.Write("layer/more");
        time.Advance(Rest);
        Assert.Equal(2, await RevisionAsync());
    }

    [Fact]
    public async Task Survives_what_cannot_be_read_and_looks_again()
    {
        // A file in the place of a folder of ours.
        folder.Write("work", "in the way");
        Describe("""
            "Layers": ["../one", "../two"]
            """);
        folder.Write("one/a");
        folder.Write("two/b");
        Assert.IsType<FunctionState.Unusable>(await function.StateAsync());
        File.Delete(Path.Combine(folder.Path, "work"));
        time.Advance(Rest);
        Assert.Equal(1, await RevisionAsync());
    }

    [Fact]
    public async Task Is_mended_after_a_mistake_that_nobody_has_thought_of()
    {
        Describe("""
            "Layers": ["a\u0000b"]
            """);
        Assert.IsType<FunctionState.Unusable>(await function.StateAsync());
        Describe("");
        time.Advance(Rest);
        Assert.Equal(1, await RevisionAsync());
    }

    [Theory, InlineData("/dev/zero"), InlineData("/proc/self/mem"), InlineData("pipe")]
    public async Task Is_not_read_from_what_has_no_end(string what)
    {
        using var made = what == "pipe" ? Process.Start("mkfifo", Path.Combine(folder.Path, what)) : null;
        made?.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(folder.Path, "f/thaw.json"), Path.Combine(folder.Path, what));
        var state = await function.StateAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var message = Assert.IsType<FunctionState.Unusable>(state).Message;
        Assert.Contains("thaw.json is empty, or no plain file", message, StringComparison.Ordinal);
    }

    private void Describe(string members) => folder.Write("f/thaw.json", $$"""{ {{members}} }""");

    private async Task<long> RevisionAsync() => Assert.IsType<FunctionState.Ready>(await function.StateAsync()).Plan.Revision;
}
