using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Functions;
using Thaw.Environments.Runtimes;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments;

public sealed class Paths_inside : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Task => Path.Combine(folder.Path, "task");

    [Fact, Trait("Spec", "ENV-116")]
    public void Are_those_of_AWS()
    {
        var prefix = Path.Combine(folder.Path, "node");
        var plan = Plan(Command(Path.Combine(prefix, "bin/node")) with { Prefix = prefix, Defaults = [new("ROOT", prefix)] });
        var paths = PathsInside.OfLambda(plan);
        var (files, runtime) = (paths.Of(plan.Files), paths.Of(plan.Runtime));

        Assert.Equal(("/var/task", "/opt"), (files.TaskRoot, files.Opt));
        Assert.Equal(["/var/lang/bin/node", "-x", "/var/runtime/bootstrap"], runtime.Words);
        Assert.Equal(("/var/runtime", "/var/lang/bin"), (runtime.RuntimeDirectory, runtime.LanguageBin));
        Assert.Equal([new("ROOT", "/var/lang")], runtime.Defaults);
        Assert.Equal([new("SEARCHED", "/opt/packages:/var/lang/lib:/usr/lib")], runtime.SearchPaths(files));
    }

    [Fact]
    public void Need_only_what_is_there_to_be_mounted()
    {
        folder.Write("task/index.js");
        folder.Write("client/bootstrap");

        Assert.Equal(
            [(Path.Combine(folder.Path, "client"), "/var/runtime"), (Task, "/var/task")],
            PathsInside.OfLambda(Plan(Command("/usr/bin/node"))).Mounts);
    }

    [Fact]
    public void Show_no_home_for_the_sake_of_one_program()
    {
        var program = folder.Write("home/bin/node", executable: true);
        folder.Write("home/secret");
        Assert.Equal(program, LanguagePrefix.Of(program, ["include/node"]));
        folder.Write("home/include/node/node.h");
        Assert.Equal(Path.Combine(folder.Path, "home"), LanguagePrefix.Of(program, ["include/node"]));
        Assert.Null(LanguagePrefix.Of("/usr/local/bin/node", ["include/node"]));

        var plan = Plan(Command(program) with { Prefix = program });
        Assert.Contains((program, "/var/lang/bin/node"), PathsInside.OfLambda(plan).Mounts);
        Assert.Equal("/var/lang/bin/node", PathsInside.OfLambda(plan).Of(plan.Runtime).Path);
    }

    [Fact, Trait("Spec", "ENV-117")]
    public void Name_the_places_of_a_bootstrap_that_is_missing()
    {
        var files = new FunctionFiles(Task, Path.Combine(folder.Path, "opt"));
        var command = ((RuntimeResolution.Found)new RuntimeCatalog("", new MachinePrograms([])).Resolve("provided", files)).Command;
        var plan = Plan(command);

        Assert.Equal(["/var/task/bootstrap", "/opt/bootstrap"], PathsInside.OfLambda(plan).Of(command).Arguments);
        Assert.Same(command, PathsInside.Unchanged.Of(command));
    }

    public void Dispose() => folder.Dispose();

    private RuntimeCommand Command(string program) => new(
        program,
        ["-x", Path.Combine(folder.Path, "client/bootstrap")],
        Path.Combine(folder.Path, "client"),
        Path.GetDirectoryName(program)!,
        "nodejs22.x",
        files => [new("SEARCHED", $"{files.Opt}/packages:{Path.Combine(folder.Path, "node")}/lib:/usr/lib")]);

    private EnvironmentPlan Plan(RuntimeCommand command) => new()
    {
        Function = new FunctionConfiguration { Name = "f", Handler = "h", Runtime = "nodejs22.x" },
        Files = new FunctionFiles(Task, Path.Combine(folder.Path, "opt")),
        Runtime = command,
    };
}
