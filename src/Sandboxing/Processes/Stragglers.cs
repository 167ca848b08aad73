using Thaw.Linux;

namespace Thaw.Sandboxing.Processes;

/// <summary>
/// What an agent that was killed itself has left behind. The agent led a session, and no process it starts can leave that session (they
/// lead process groups), so the session names them, and their descendants hang below them. Only what had left the session <em>and</em>
/// lost its parent before the agent died is out of sight: nothing short of the namespaces rung holds that.
/// </summary>
internal static class Stragglers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Kills them until none is left, or the limit has passed: they are init's to reap now, and can only be watched.</summary>
    internal static async Task KillAsync(int session)
    {
        HashSet<int> known = [];
        for (var waited = TimeSpan.Zero; waited < Limit; waited += Pause)
        {
            known.UnionWith(ProcessTree.MembersOfSession(session));
            known.UnionWith(known.SelectMany(ProcessTree.DescendantsOf).ToList());
            known.RemoveWhere(process => ProcFile.ReadStat(process) is not { IsAlive: true });
            if (known.Count == 0)
                return;

            foreach (var process in known)
                _ = Syscalls.kill(process, Syscalls.SIGKILL);

            await Task.Delay(Pause);
        }
    }
}
