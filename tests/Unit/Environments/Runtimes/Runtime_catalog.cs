using Thaw.Contracts;
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

    [Fact, Trait("Spec", "ENV-108")]
    public void Tells_the_version_of_its_program_and_an_ARN_that_changes_with_it()
    {
        programs.Write("node", Node("22.3.1"), executable: true);
        programs.Write("python3.12", "#!/bin/sh\necho \"$0\"\necho 3.12.1\n", executable: true);
        var (node, python) = (Found("nodejs22.x").Release!, Found("python3.12").Release!);
        Assert.Matches(@"^nodejs:22\.v\d+$", node.Version);
        Assert.Matches(@"^python:3\.12\.v\d+$", python.Version);
        Assert.Matches("^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$", node.Arn);
        Assert.Equal(node, Found("nodejs22.x").Release);
        Assert.NotEqual(node.Arn, python.Arn);
        Assert.Null(Found("provided.al2023").Release);
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
    [InlineData("dotnet8", "8.0.11", "AWS-name dotnet8")]
    [InlineData("dotnet10", "10.0.1", "AWS-name dotnet10")]
    [InlineData("dotnet9", "10.0.1", "AWS-name dotnet9, dotnet 9 is not installed; using DOTNET, version 10.0.1")]
    [InlineData("dotnet6", "8.0.11", "AWS-name dotnet6, dotnet 6 is not installed; using DOTNET, version 8.0.11")]
    [InlineData("dotnetcore3.1", "8.0.11", "AWS-name dotnetcore3.1, dotnet 3 is not installed; using DOTNET, version 8.0.11")]
    [InlineData("dotnet11", "10.0.1", "AWS-name dotnet11, dotnet 11 is not installed; using DOTNET, version 10.0.1")]
    public void Takes_the_nearest_installed_runtime_of_dotnet_a_newer_one_first(string identifier, string version, string told)
    {
        var host = programs.Write("net/dotnet", "", executable: true);
        programs.Write("dotnet", $"""
            #!/bin/sh
            echo 'Microsoft.AspNetCore.App 9.0.0 [{programs.Path}/net/shared/Microsoft.AspNetCore.App]'
            echo 'Microsoft.NETCore.App 8.0.11 [{programs.Path}/net/shared/Microsoft.NETCore.App]'
            echo 'Microsoft.NETCore.App 10.0.1-preview.3 [{programs.Path}/net/shared/Microsoft.NETCore.App]'
            """, executable: true);

        var found = Assert.IsType<RuntimeResolution.Found>(Resolve(identifier));
        var notice = found.Notice is null ? "" : ", " + found.Notice.Replace(host, "DOTNET", StringComparison.Ordinal);
        Assert.Equal(told, $"AWS-name {found.Command.ManagedName}{notice}");
        Assert.Equal(host, found.Command.Path);
        Assert.Equal(found.Notice is not null, found.Command.Defaults.Contains(new("DOTNET_ROLL_FORWARD", "Major")));
        Assert.True(found.Notice is null || found.Notice.EndsWith(version, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nodejs20.x", "twenty", "node 20 was asked for; using PROGRAMS/twenty, version 18.0.0, as it was set")]
    [InlineData("nodejs22.x", "any", null)]
    [InlineData("nodejs", "any", null)]
    public void Takes_the_program_that_the_user_set_for_the_identifier_else_for_the_language(string identifier, string file, string? notice)
    {
        programs.Write("node", Node("20.1.1"), executable: true);
        var choices = new Dictionary<RuntimeIdentifier, string>
        {
            [new("nodejs", null)] = programs.Write("any", Node("22.1.1"), executable: true),
            [new("nodejs", new Version(20, 0))] = programs.Write("twenty", Node("18.0.0"), executable: true),
        };
        var found = Assert.IsType<RuntimeResolution.Found>(Resolve(identifier, new MachinePrograms([programs.Path], choices)));
        Assert.Equal(Path.Combine(programs.Path, file), found.Command.Path);
        Assert.Equal(notice?.Replace("PROGRAMS", programs.Path, StringComparison.Ordinal), found.Notice);
    }

    [Theory]
    [InlineData("#!/bin/false\n"), InlineData("#!/bin/sh\necho /bin/sh\n"), InlineData("no program")]
    [InlineData("#!/bin/sh\necho $0\necho 16.1.1\n")]
    public void Refuses_a_program_that_the_user_set_and_that_is_none(string text)
    {
        programs.Write("node", Node("20.1.1"), executable: true);
        var wrong = programs.Write("wrong", text, executable: true);
        var machine = new MachinePrograms([programs.Path], new Dictionary<RuntimeIdentifier, string> { [new("nodejs", null)] = wrong });
        var fix = Assert.IsType<RuntimeResolution.Unavailable>(Resolve("nodejs20.x", machine)).Fix;
        Assert.StartsWith($"{wrong} does not run as node", fix, StringComparison.Ordinal);
        Assert.Contains("--program", fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Asks_each_program_once_however_many_want_to_know_and_again_when_it_has_changed()
    {
        var asked = Path.Combine(programs.Path, "asked");
        var node = programs.Write("node", $"{Node("20.1.1")}echo asked >> {asked}\n", executable: true);
        var machine = new MachinePrograms([programs.Path]);

        Parallel.For(0, 50, _ => Assert.Equal(node, Assert.IsType<RuntimeResolution.Found>(Resolve("nodejs20.x", machine)).Command.Path));
        Assert.Single(File.ReadAllLines(asked));

        File.SetLastWriteTimeUtc(node, DateTime.UtcNow.AddHours(1));
        Resolve("nodejs22.x", machine);
        Resolve("nodejs22.x", machine);
        Assert.Equal(2, File.ReadAllLines(asked).Length);
    }

    [Fact]
    public void Has_node_look_last_where_npm_installs_globally()
    {
        programs.Write("bin/node", Node("20.1.1"), executable: true);
        var command = Assert.IsType<RuntimeResolution.Found>(
            Resolve("nodejs20.x", new MachinePrograms([Path.Combine(programs.Path, "bin")]))).Command;
        var places = command.SearchPaths(new FunctionFiles(task.Path, opt.Path)).Single().Value.Split(':');
        Assert.Equal(
            [$"{opt.Path}/nodejs/node20/node_modules", $"{opt.Path}/nodejs/node_modules", "/runtimes/nodejs/node_modules",
                $"{programs.Path}/lib/node_modules"],
            places);
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

    private static string Node(string version) => $"#!/bin/sh\necho \"$0\"\necho {version}\n";

    private RuntimeResolution Resolve(string identifier, MachinePrograms? machine = null) =>
        new RuntimeCatalog("/runtimes", machine ?? new MachinePrograms([programs.Path]))
            .Resolve(identifier, new FunctionFiles(task.Path, opt.Path));

    private RuntimeCommand Found(string identifier) => Assert.IsType<RuntimeResolution.Found>(Resolve(identifier)).Command;
}
