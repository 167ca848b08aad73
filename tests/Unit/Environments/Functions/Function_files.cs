using Thaw.Environments.Functions;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments.Functions;

public sealed class Function_files : IDisposable
{
    private readonly TemporaryFolder opt = new();

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

    public void Dispose() => opt.Dispose();

    private FunctionFiles Files => new("/var/task", opt.Path);
}
