namespace Thaw.Environments.Runtimes;

/// <summary>Functions for <c>python3.*</c>; the minor version is a version of the language.</summary>
internal sealed class Python : Language
{
    public static readonly Python Language = new();

    public override string Program => "python3";

    public override string Package => "python3";

    // A virtual environment's python names the one it was made from: functions bring their packages themselves.
    public override IReadOnlyList<string> Question { get; } =
    [
        "-I", "-S", "-c",
        "import sys; print(getattr(sys, '_base_executable', sys.executable)); print('%d.%d.%d' % sys.version_info[:3])",
    ];

    public override IEnumerable<string> FileNames(Version? wanted) =>
        wanted is null ? ["python3"] : [$"python{wanted.ToString(2)}", "python3"];

    public override int Distance(Version version, Version wanted) =>
        (Math.Abs(version.Major - wanted.Major) * 1_000) + Math.Abs(version.Minor - wanted.Minor);

    public override string Short(Version version) => version.ToString(2);

    public override string NameOf(Version version) => $"python{version.ToString(2)}";

    public override RuntimeCommand Command(MachineProgram program, Version version, string directory)
    {
        var runtime = Path.Combine(directory, "python");
        var folder = NameOf(program.Version);
        return new RuntimeCommand(
            program.Path,
            // Without `site`: functions see their own packages first, and the start is not slowed by the machine's.
            ["-S", "-X", "utf8", Path.Combine(runtime, "bootstrap.py")],
            runtime,
            Path.GetDirectoryName(program.Path)!,
            NameOf(version),
            files => [new("PYTHONPATH", $"{files.Opt}/python/lib/{folder}/site-packages:{files.Opt}/python")]);
    }
}
