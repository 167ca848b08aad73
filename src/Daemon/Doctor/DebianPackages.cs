using Thaw.Sandboxing;

namespace Thaw.Daemon.Doctor;

/// <summary>Installs what findings name, one after the other, so that one that is not to be had keeps none from the others.</summary>
/// <param name="say">Is told what is done, and how it went.</param>
public sealed class DebianPackages(Action<string> say)
{
    private static readonly TimeSpan LongestInstallation = TimeSpan.FromMinutes(10);

    /// <summary>True when something is installed that was not.</summary>
    public bool Mend(IEnumerable<Finding> findings)
    {
        string[] packages = [.. findings.SelectMany(finding => finding.Packages).Distinct()];
        if (packages.Length == 0)
        {
            say("no package mends what is missing");
            return false;
        }

        if (!Environment.IsPrivilegedProcess || HostProgram.Find("apt-get") is not { } apt)
        {
            say($"only root, and where apt-get is, can install {string.Join(' ', packages)}");
            return false;
        }

        return packages.Select(package => Installed(apt, package)).ToList().Contains(true);
    }

    private bool Installed(HostProgram apt, string package)
    {
        string[] install = ["install", "--yes", "--no-install-recommends", package];
        say($"apt-get {string.Join(' ', install)}");
        try
        {
            var (status, _, error) = Run(install);
            if (status != 0 && Run("update").Status == 0)
                (status, _, error) = Run(install);
            say(status == 0 ? $"installed {package}" : $"{package} is not installed: {error.Split('\n')[^1]}");
            return status == 0;
        }
        catch (SandboxException failure)
        {
            say(failure.Message);
            return false;
        }

        (int Status, string Output, string Error) Run(params string[] arguments) => apt.Run(arguments, patience: LongestInstallation);
    }
}
