namespace Thaw.Daemon.Doctor;

/// <summary>What a check found out about this machine.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Meaning">What that means for functions, in one line.</param>
/// <param name="Fix">The line that mends it; null when nothing has to be, or nothing can.</param>
public sealed record Finding(string Name, Verdict Verdict, string Meaning, string? Fix = null)
{
    /// <summary>The Debian packages that mend it.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>What mends it where no package does: a script for root's <c>sh</c>, where apt-get is.</summary>
    public string? Script { get; init; }

    public static Finding Pass(string name, string meaning) => new(name, Verdict.Pass, meaning);

    /// <summary>With packages of Debian as the fix.</summary>
    public static Finding Missing(string name, Verdict verdict, string meaning, params string[] packages) =>
        new(name, verdict, meaning, $"apt-get install {string.Join(' ', packages)}") { Packages = packages };
}
