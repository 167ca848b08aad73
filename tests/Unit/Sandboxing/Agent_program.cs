using Thaw.Sandboxing;
using Thaw.Sandboxing.Agents;
using Thaw.Testing;

namespace Thaw.UnitTests.Sandboxing;

public sealed class Agent_program : IDisposable
{
    private readonly string folder = OpenFiles.NewFolder("thaw-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Is_the_native_one_when_there_is_one()
    {
        File.WriteAllText(Path.Combine(folder, "thaw-agent"), "");
        File.WriteAllText(Path.Combine(folder, "thaw-agent.dll"), "");

        var program = AgentProgram.FindIn(folder);

        Assert.True(program.IsNative);
        Assert.Equal(Path.Combine(folder, "thaw-agent"), program.Path);
    }

    [Fact]
    public void Runs_on_the_dotnet_that_runs_us_otherwise()
    {
        File.WriteAllText(Path.Combine(folder, "thaw-agent.dll"), "");

        var program = AgentProgram.FindIn(folder);

        Assert.False(program.IsNative);
        Assert.Equal("dotnet", Path.GetFileName(program.Path));
        Assert.True(File.Exists(program.Path));
        Assert.Equal([Path.Combine(folder, "thaw-agent.dll")], program.Arguments);
    }

    [Fact]
    public void Is_asked_for_by_name_when_it_is_missing()
    {
        var problem = Assert.Throws<SandboxException>(() => AgentProgram.FindIn(folder));

        Assert.Contains("dotnet publish src/Agent", problem.Message, StringComparison.Ordinal);
        Assert.Contains(folder, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lies_beside_every_program_that_references_Sandboxing() =>
        Assert.StartsWith("/", AgentProgram.Find().Path, StringComparison.Ordinal);
}
