namespace Thaw.Sandboxing.Networks;

/// <summary>Whether this machine (more exactly, the caller's network namespace) hands on packets that are not for it.</summary>
internal static class Forwarding
{
    private const string Setting = "/proc/sys/net/ipv4/ip_forward";

    internal static bool IsOn => File.ReadAllText(Setting).Trim() != "0";

    internal static void Switch(bool on)
    {
        try
        {
            File.WriteAllText(Setting, on ? "1" : "0");
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new SandboxException($"{Setting} cannot be set: {failure.Message} (fix: sysctl -w net.ipv4.ip_forward=1)", failure);
        }
    }
}
