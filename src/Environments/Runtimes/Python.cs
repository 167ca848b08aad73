namespace Thaw.Environments.Runtimes;

/// <summary>Functions for <c>python3.*</c>; the minor version is a version of the language.</summary>
internal sealed class Python : Language
{
    public static readonly Python Instance = new();

    public override string Program => "python3";

    public override string Package => "python3";

    public override Version Oldest { get; } = new(3, 8);

    // A virtual environment's python names the one it was made from: functions bring their packages themselves. While it is asked, it
    // compiles our client, if it may write there: a sandbox may not, and a start that has to compile takes half as long again.
    public override IReadOnlyList<string> Question(string directory) =>
    [
        "-I", "-S", "-c",
        """
        import os, sys
        print(getattr(sys, '_base_executable', sys.executable))
        print('%d.%d.%d' % sys.version_info[:3])
        sys.stdout.flush()
        from _frozen_importlib_external import SourceFileLoader
        for name in os.listdir(sys.argv[1]):
            if name.endswith('.py'):
                SourceFileLoader(name[:-3], os.path.join(sys.argv[1], name)).get_code(name[:-3])
        """,
        Path.Combine(directory, "python", "thaw_runtime"),
    ];

    public override IEnumerable<string> FileNames(Version? wanted) =>
        wanted is null ? ["python3"] : [$"python{wanted.ToString(2)}", "python3"];

    public override int Distance(Version version, Version wanted) =>
        (Math.Abs(version.Major - wanted.Major) * 1_000) + Math.Abs(version.Minor - wanted.Minor);

    public override string Short(Version version) => version.ToString(2);

    public override string IdentifierOf(Version version) => $"python{version.ToString(2)}";

    public override IEnumerable<string> Marks(Version version) => [$"lib/{IdentifierOf(version)}"];

    public override RuntimeCommand Command(MachineProgram program, Version version, string directory)
    {
        var runtime = Path.Combine(directory, "python");
        var folder = IdentifierOf(program.Version);
        return new RuntimeCommand(
            program.Path,
            // Without `site`: functions see their own packages first, and the start is not slowed by the machine's.
            ["-S", "-X", "utf8", Path.Combine(runtime, "bootstrap.py")],
            runtime,
            Path.GetDirectoryName(program.Path)!,
            IdentifierOf(version),
            files => [new("PYTHONPATH", $"{files.Opt}/python/lib/{folder}/site-packages:{files.Opt}/python")]);
    }
}
