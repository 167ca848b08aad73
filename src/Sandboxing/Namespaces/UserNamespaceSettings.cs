using System.Globalization;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>The switches by which an administrator, or a distribution, keeps user namespaces from plain users.</summary>
/// <param name="folder">Where the kernel shows its settings: /proc/sys.</param>
public sealed class UserNamespaceSettings(string folder)
{
    private const string InContainers =
        "in a container, start that with --privileged, or with --security-opt seccomp=unconfined --security-opt systempaths=unconfined";

    /// <summary>What stands behind a refusal, and the line that mends it.</summary>
    /// <param name="refusal">What was said of it.</param>
    public NoNamespaces Explain(string refusal)
    {
        if (Read("kernel/unprivileged_userns_clone") == 0)
            return Set("this kernel gives user namespaces to root only", "kernel.unprivileged_userns_clone=1");
        if (Read("user/max_user_namespaces") == 0)
            return Set("this machine allows no user namespaces", "user.max_user_namespaces=10000");
        if (Read("kernel/apparmor_restrict_unprivileged_userns") is > 0)
        {
            return Set(
                "AppArmor takes all privileges from the user namespaces of plain users", "kernel.apparmor_restrict_unprivileged_userns=0");
        }

        return new($"namespaces cannot be made: {refusal}", InContainers);
    }

    private static NoNamespaces Set(string reason, string setting) => new(reason, $"sysctl -w {setting}");

    private long? Read(string name)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, name)).Trim();
            return long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            // Most kernels have only some of them.
            return null;
        }
    }
}
