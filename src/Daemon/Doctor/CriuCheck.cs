using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Doctor;

/// <summary>CRIU, which SnapStart is made with. Debian's own is too old for recent kernels, so one beside it will do.</summary>
/// <param name="candidates">Files, the likeliest first.</param>
public sealed class CriuCheck(IReadOnlyList<string?> candidates) : ICheck
{
    private const string Name = "criu";

    private static readonly string Fix =
        $"thaw doctor --fix puts one into {Criu.OwnFolder} (root, on Debian or Ubuntu); then start a thaw up that runs anew";

    public IEnumerable<Finding> Look()
    {
        var found = candidates.OfType<string>().Select(Criu.Of).OfType<Criu>().ToList();
        if (found.Find(one => one.Version >= Criu.Oldest) is { } fitting)
            yield return Finding.Pass(Name, $"{fitting.Version} ({fitting.Path}): snapshots can be taken");
        else if (found.Count > 0)
            yield return Missing($"{found[0].Version} ({found[0].Path}) is older than {Criu.Oldest}: no snapshots");
        else
            yield return Missing("none: no snapshots, and SnapStart functions start like others");
    }

    private static Finding Missing(string meaning) => new(Name, Verdict.Warn, meaning, Fix) { Script = OwnCriu.Script };
}
