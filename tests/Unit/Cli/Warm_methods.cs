using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Thaw.Daemon.Hosting;
using Thaw.EnvironmentApis;
using Thaw.Environments;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.UnitTests.Cli;

/// <summary>The list that the linker lays methods out by (src/Cli/warm-methods.txt).</summary>
public sealed partial class Warm_methods
{
    // The compiler numbers methods that await by their place in the type, so a few change with every change.
    private const double EnoughOfThem = 0.75;

    private static readonly Assembly[] Assemblies =
    [
        typeof(ThawDaemon).Assembly, typeof(EnvironmentApiServer).Assembly, typeof(ExecutionEnvironment).Assembly,
        typeof(EnvironmentLifecycle).Assembly, typeof(Sandbox).Assembly,
    ];

    [Fact]
    public void Are_mostly_still_there()
    {
        var known = Assemblies.SelectMany(assembly => assembly.GetTypes().Where(IsStateMachine).Select(Mangled)).ToHashSet();
        var listed = File.ReadLines(Path.Combine(Root(), "src/Cli/warm-methods.txt"))
            .Select(line => Named().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .ToArray();
        var gone = listed.Except(known).ToArray();
        Assert.True(
            listed.Length > 8 && gone.Length <= listed.Length * (1 - EnoughOfThem),
            $"Run eng/profile-invoke and eng/order-methods anew: of {listed.Length} methods there are no {string.Join(", ", gone)}");
    }

    private static bool IsStateMachine(Type type) => typeof(IAsyncStateMachine).IsAssignableFrom(type) && !type.IsGenericType;

    // Thaw_Daemon_Thaw_Daemon_InvokeApi_Invoke__AdmitAsync_d__13: the assembly, the type, all but letters and digits as _.
    private static string Mangled(Type type) =>
        $"{NotInNames().Replace(type.Assembly.GetName().Name!, "_")}_{NotInNames().Replace(type.FullName!, "_")}";

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Thaw.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("^(Thaw_[A-Za-z]+_Thaw_.*_d__[0-9]+)__MoveNext$")]
    private static partial Regex Named();

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotInNames();
}
