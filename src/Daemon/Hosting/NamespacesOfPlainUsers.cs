using Thaw.Sandboxing.Namespaces;

namespace Thaw.Daemon.Hosting;

/// <summary>The way of a plain user's daemon to namespaces of its own, in which it can make sandboxes as root's does.</summary>
public static class NamespacesOfPlainUsers
{
    /// <summary>
    /// Begins this program again there, if these wishes need it, and does not return then. Where it cannot be it returns, and the choice of
    /// sandboxes says why. To be called before anything is begun.
    /// </summary>
    public static void EnterIfWanted(SandboxWishes wishes)
    {
        if (AreWanted(wishes.Isolation, Environment.IsPrivilegedProcess, PlainUser.MayMakeSandboxes))
            PlainUser.EnterOwnNamespaces();
    }

    internal static bool AreWanted(IsolationChoice isolation, bool isRoot, bool mayMakeSandboxes) =>
        isolation != IsolationChoice.Process && !isRoot && !mayMakeSandboxes;
}
