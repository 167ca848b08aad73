using Thaw.Linux;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.SystemTests.Sandboxing;

public sealed class Traveller_between_namespaces
{
    // .NET may begin a thread in whatever thread has something for its pool, and that one shares the root of who began it.
    [Fact]
    public async Task Goes_on_travelling_after_a_thread_was_begun_there()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root goes into other namespaces");
        var traveller = new Traveller(Syscalls.CLONE_NEWNS);
        using var here = Traveller.Open(Environment.ProcessId, "mnt");
        using var end = new ManualResetEventSlim();
        Assert.True(await traveller.VisitAsync(here, () =>
        {
            new Thread(end.Wait) { IsBackground = true }.Start();
            return true;
        }).InTimeAsync());
        try
        {
            Assert.True(await traveller.VisitAsync(here, () => true).InTimeAsync());
        }
        finally
        {
            end.Set();
        }
    }
}
