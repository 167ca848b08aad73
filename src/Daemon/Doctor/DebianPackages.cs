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
        var all = findings.ToList();
        string[] packages = [.. all.SelectMany(finding => finding.Packages).Distinct()];
        var scripted = all.Where(finding => finding.Script is not null).ToList();
        if (packages.Length + scripted.Count == 0)
        {
            say("no package mends what is missing");
            return false;
        }

        if (!Environment.IsPrivilegedProcess || HostProgram.Find("apt-get") is not { } apt)
        {
            var wanted = packages.Concat(scripted.Select(finding => finding.Name));
            say($"only root, and where apt-get is, can install {string.Join(' ', wanted)}");
            return false;
        }

        List<bool> mended = [.. packages.Select(package => Installed(apt, package)), .. scripted.Select(Followed)];
        return mended.Contains(true);
    }

    private bool Followed(Finding finding)
    {
        say($"installing {finding.Name} beside what is installed");
        try
        {
            var (status, _, error) = new HostProgram("/bin/sh").Run(["-s"], finding.Script!, LongestInstallation);
            say(status == 0 ? $"installed {finding.Name}" : $"{finding.Name} is not installed: {error.Split('\n')[^1]}");
            return status == 0;
        }
        catch (SandboxException failure)
        {
            say(failure.Message);
            return false;
        }
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
