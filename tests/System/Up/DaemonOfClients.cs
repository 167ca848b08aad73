using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>A daemon for a whole class of tests, and a folder for the scripts of its clients, which find AWS's packages there.</summary>
public abstract class DaemonOfClients : IAsyncLifetime
{
    private readonly DirectoryInfo scripts = OpenFiles.NewFolder("thaw-clients-");
    private readonly FunctionsFolder functions;
    private readonly string[] options;

    private protected DaemonOfClients(FunctionsFolder functions, params string[] options) =>
        (this.functions, this.options) = (functions, options);

    internal RunningDaemon Running { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        AwsCommand.LinkNpm(scripts.FullName);
        Running = await RunningDaemon.StartAsync(functions, options);
    }

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        functions.Dispose();
        scripts.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    internal string PathOf(string name) => Path.Combine(scripts.FullName, name);

    internal string Script(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }
}
