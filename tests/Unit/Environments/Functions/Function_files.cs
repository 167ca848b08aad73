using Thaw.Environments.Functions;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments.Functions;

public sealed class Function_files : IDisposable
{
    private readonly TemporaryFolder opt = new();
    private readonly TemporaryFolder task = new();

    [Fact, Trait("Spec", "ENV-008"), Trait("Spec", "ENV-009")]
    public void Name_the_files_of_the_extensions_folder_in_order_and_no_folders()
    {
        foreach (var name in new[] { "zeta", "Alpha", "alpha", "10-first" })
            opt.Write($"extensions/{name}");
        opt.Write("extensions/folder/not-an-extension");

        Assert.Equal(["10-first", "Alpha", "alpha", "zeta"], Files.ExtensionNames());
    }

    [Fact, Trait("Spec", "ENV-088")]
    public void Name_none_when_the_disabling_file_lies_beside()
    {
        opt.Write("extensions/alpha");
        opt.Write("disable-extensions-jwigqn8j");

        Assert.Empty(Files.ExtensionNames());
        Assert.True(Files.ExtensionsAreDisabled);
    }

    [Fact]
    public void Name_none_when_there_is_no_folder() => Assert.Empty(Files.ExtensionNames());

    [Fact]
    public void Follow_links_as_those_inside_do()
    {
        task.Write("real/alpha");
        opt.Write("here/beta");
        Link(opt, "extensions", "/var/task/real");
        Link(task, "real/beta", "/opt/here/beta");
        Link(task, "real/gone", "/opt/nothing");
        Link(task, "real/below", "../../../opt/here/beta");
        Assert.Equal(["alpha", "below", "beta"], Files.ExtensionNames());
        Link(task, "bootstrap", "/opt/here/beta");
        Assert.True(Files.HasFile("/var/task/bootstrap"));
        Assert.False(Files.HasFile("/opt/bootstrap"));
    }

    [Fact]
    public void Tell_nothing_of_files_of_the_machine()
    {
        opt.Write("extensions/alpha");
        Link(opt, "extensions/there", "/etc/passwd");
        Link(opt, "extensions/missing", "/etc/nothing-of-that-name");
        Link(opt, "disable-extensions-jwigqn8j", "/etc/passwd");
        Assert.Equal(["alpha", "missing", "there"], Files.ExtensionNames());
        Link(task, "opt", "/etc");
        Assert.Empty(new FunctionFiles("/nowhere", Path.Combine(task.Path, "opt")).ExtensionNames());
    }

    public void Dispose()
    {
        opt.Dispose();
        task.Dispose();
    }

    private FunctionFiles Files => new(task.Path, opt.Path);

    private static void Link(TemporaryFolder folder, string name, string target) =>
        File.CreateSymbolicLink(Path.Combine(folder.Path, name), target);
}
