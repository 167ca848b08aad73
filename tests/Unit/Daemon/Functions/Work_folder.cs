using Thaw.Daemon.Functions;

namespace Thaw.UnitTests.Daemon.Functions;

public class Work_folder
{
    [Fact]
    public void Is_absolute_because_processes_start_elsewhere()
    {
        using var work = new WorkFolder("relative");
        Assert.True(Path.IsPathFullyQualified(work.Path));
    }
}
