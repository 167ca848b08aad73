using Thaw.Contracts;
using Thaw.Environments.Functions;

namespace Thaw.Environments.Runtimes;

/// <summary>How the processes of one runtime are started here, and what they are told about it.</summary>
/// <param name="Path">The program; null when there is none, and <paramref name="Arguments"/> are the places that were looked at.</param>
/// <param name="Arguments">Its arguments, without the program itself.</param>
/// <param name="RuntimeDirectory">What stands for <c>/var/runtime</c>.</param>
/// <param name="LanguageBin">What stands for <c>/var/lang/bin</c>: the folder of the language's own program.</param>
/// <param name="ManagedName">The identifier with its version, <c>nodejs20.x</c>; null for the OS-only runtimes, which have no execution
/// environment name and no exec wrapper.</param>
/// <param name="SearchPaths">The variables in which the language looks for packages.</param>
public sealed record RuntimeCommand(
    string? Path,
    IReadOnlyList<string> Arguments,
    string RuntimeDirectory,
    string LanguageBin,
    string? ManagedName,
    Func<FunctionFiles, IEnumerable<KeyValuePair<string, string>>> SearchPaths)
{
    /// <summary>
    /// A program, with its arguments, that receives program and arguments and adds what it finds out beside the function. It is no part of
    /// what a wrapper gets to see.
    /// </summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>The language's own variables, which the customer may override.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Defaults { get; init; } = [];

    /// <summary>
    /// The folder or file that the language's program needs, itself included, where it is none of those that every machine has.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>None: an image brings its own.</summary>
    public static RuntimeCommand OfImage { get; } = new(null, [], "/var/runtime", "/var/lang/bin", null, _ => []);

    /// <summary>Whether it is our client: then it lies in <see cref="RuntimeDirectory"/>.</summary>
    public bool IsOurs => ManagedName is not null;

    /// <summary>What INIT_START tells of it; null for runtimes that are not ours.</summary>
    public RuntimeRelease? Release { get; init; }

    /// <summary>Whether it gets a descriptor for framed logs; spec 5.4. Who does not know it writes to standard output, as ever.</summary>
    public bool ReadsLogFrames => ManagedName is not null;

    /// <summary>All words of the command, the program first.</summary>
    public IReadOnlyList<string> Words => [.. Launcher, Path!, .. Arguments];

    /// <summary>The same, through the customer's <c>AWS_LAMBDA_EXEC_WRAPPER</c>, which receives the real command; spec 6.3.</summary>
    public RuntimeCommand WrappedBy(string wrapper) => this with { Path = wrapper, Arguments = [Path!, .. Arguments] };
}
