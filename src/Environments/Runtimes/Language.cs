using Thaw.Contracts;

namespace Thaw.Environments.Runtimes;

/// <summary>What is particular to a language: its program, which versions are near to each other, how our client is started.</summary>
internal abstract class Language
{
    /// <summary>What people call its program.</summary>
    public abstract string Program { get; }

    /// <summary>Debian's package.</summary>
    public abstract string Package { get; }

    /// <summary>The oldest version that our client runs on.</summary>
    public abstract Version Oldest { get; }

    public static Language Of(RuntimeIdentifier identifier) => identifier.Language switch
    {
        RuntimeIdentifier.Nodejs => Nodejs.Instance,
        RuntimeIdentifier.Python => Python.Instance,
        _ => Dotnet.Instance,
    };

    /// <summary>Asks a candidate who it really is.</summary>
    /// <param name="directory">Where our clients are.</param>
    public abstract IReadOnlyList<string> Question(string directory);

    /// <summary>The files that may be its program, the likeliest first.</summary>
    public abstract IEnumerable<string> FileNames(Version? wanted);

    /// <summary>How far a version is from the wanted one: 0 if it is the same to a function.</summary>
    public abstract int Distance(Version version, Version wanted);

    /// <summary>As much of a version as tells it from others.</summary>
    public abstract string Short(Version version);

    /// <summary>The runtime identifier of a version: <c>nodejs22.x</c>, <c>python3.13</c>, <c>dotnet8</c>.</summary>
    public abstract string IdentifierOf(Version version);

    /// <summary>What an installation of its own has, from its root; one of these is enough.</summary>
    public abstract IEnumerable<string> Marks(Version version);

    /// <summary>How functions are started.</summary>
    /// <param name="program">What runs them.</param>
    /// <param name="version">What they asked for.</param>
    /// <param name="directory">Where our clients are.</param>
    public abstract RuntimeCommand Command(MachineProgram program, Version version, string directory);

    /// <summary>Reads what a candidate answered; nothing when it is no such program.</summary>
    public virtual IEnumerable<MachineProgram> Read(string answer)
    {
        if (answer.Split('\n') is [var path, var version, ..] && Version.TryParse(version, out var parsed))
            yield return new MachineProgram(path, parsed);
    }
}
