using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.Functions;

/// <summary>Created ones, and folders.</summary>
public sealed class All_functions
{
    private static readonly FunctionState Created = new FunctionState.NotReady("Pending"), Folder = new FunctionState.Unusable("a folder");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Are_created_ones_before_folders_of_their_name(bool isKnownAtOnce)
    {
        Assert.Same(Created, await new AllFunctions(new Always(Created, isKnownAtOnce), new Always(Folder)).FindAsync("f", null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Are_folders_from_the_moment_on_in_which_none_is_created(bool isKnownAtOnce)
    {
        var gone = new Always(new FunctionState.Unknown(), isKnownAtOnce);
        Assert.Same(Folder, await new AllFunctions(gone, new Always(Folder)).FindAsync("f", null));
    }

    private sealed class Always(FunctionState state, bool isAtOnce = true) : IFunctions
    {
        public async ValueTask<FunctionState> FindAsync(string name, string? qualifier)
        {
            if (!isAtOnce)
                await Task.Yield();
            return state;
        }
    }
}
