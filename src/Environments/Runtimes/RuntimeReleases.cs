using System.Security.Cryptography;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Environments.Runtimes;

/// <summary>The version of a managed runtime: the language's, as far as functions feel it, and that of our client.</summary>
internal static class RuntimeReleases
{
    /// <summary>Of our clients; it grows with every release that changes one.</summary>
    private const int ClientRelease = 1;

    /// <summary>The ARN is as AWS's: a digest of everything that makes this runtime another one.</summary>
    public static RuntimeRelease Of(RuntimeIdentifier identifier, Language language, MachineProgram program)
    {
        var name = $"{identifier.Language}:{language.Short(program.Version)}.v{ClientRelease}";
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{identifier} {program.Version} {ClientRelease}"));
        return new(name, $"arn:aws:lambda:{FunctionConfiguration.LocalRegion}::runtime:{Convert.ToHexStringLower(digest)}");
    }
}
