using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments.Runtimes;

public sealed class Runtime_catalog : IDisposable
{
    private readonly TemporaryFolder task = new();
    private readonly TemporaryFolder opt = new();
    private readonly TemporaryFolder programs = new();

    [Fact, Trait("Spec", "ENV-117")]
    public void Takes_the_codes_bootstrap_before_the_layers()
    {
        opt.Write("bootstrap");
        Assert.Equal(Path.Combine(opt.Path, "bootstrap"), Found("provided.al2023").Path);
        task.Write("bootstrap");
        Assert.Equal(Path.Combine(task.Path, "bootstrap"), Found("provided.al2023").Path);
    }

    [Fact, Trait("Spec", "ENV-117")]
    public void Knows_the_places_it_looked_at_when_there_is_no_bootstrap()
    {
        var command = Found("provided");
        Assert.Null(command.Path);
        Assert.Equal([Path.Combine(task.Path, "bootstrap"), Path.Combine(opt.Path, "bootstrap")], command.Arguments);
    }

    [Fact]
    public void Takes_the_nearest_version_and_says_so()
    {
        var path = programs.Write("node", $"#!/bin/sh\necho \"$0\"\necho 22.3.1\n", executable: true);
        var found = Assert.IsType<RuntimeResolution.Found>(Resolve("nodejs20.x"));
        Assert.Equal((path, $"node 20 is not installed; using {path}, version 22.3.1"), (found.Command.Path, found.Notice));
    }

    [Fact]
    public void Asks_a_shim_for_the_program_behind_it()
    {
        var real = programs.Write("elsewhere/python3.12", "", executable: true);
        programs.Write("python3.12", $"#!/bin/sh\necho {real}\necho 3.12.1\n", executable: true);
        Assert.Equal(real, Found("python3.12").Path);
    }

    [Fact]
    public void Ignores_a_program_that_does_not_run()
    {
        programs.Write("node", "#!/bin/false\n", executable: true);
        Assert.Contains("install it", Assert.IsType<RuntimeResolution.Unavailable>(Resolve("nodejs20.x")).Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cobol1.x")]
    [InlineData("nodejsx")]
    [InlineData("")]
    public void Tells_what_to_do_about_an_unknown_identifier(string identifier) =>
        Assert.Contains("provided.al2023", Assert.IsType<RuntimeResolution.Unavailable>(Resolve(identifier)).Fix, StringComparison.Ordinal);

    public void Dispose()
    {
        task.Dispose();
        opt.Dispose();
        programs.Dispose();
    }

    private RuntimeResolution Resolve(string identifier) =>
        new RuntimeCatalog("/runtimes", new MachinePrograms([programs.Path])).Resolve(identifier, new FunctionFiles(task.Path, opt.Path));

    private RuntimeCommand Found(string identifier) => Assert.IsType<RuntimeResolution.Found>(Resolve(identifier)).Command;
}
