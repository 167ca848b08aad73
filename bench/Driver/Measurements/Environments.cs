using System.Text.Json;

namespace Thaw.Bench.Driver.Measurements;

/// <summary>The daemon's environments, from outside.</summary>
internal static class Environments
{
    /// <summary>How many are many.</summary>
    internal const int Many = 64;

    /// <summary>Makes the daemon open that many for one function: it has as many as there are invokes at once.</summary>
    internal static void Open(Server daemon, Function function, int count)
    {
        using var crowd = new Crowd(daemon.Port, count);
        crowd.InvokeOnce(Request.Invoke(function.Name, """{"hold":3000}"""));
        CheckCount(daemon, count);
    }

    internal static void CheckCount(Server daemon, int count)
    {
        if (Count(daemon) is var found && found != count)
            throw new BenchException($"the daemon has {found} environments, not {count}");
    }

    internal static int Count(Server daemon)
    {
        using var environments = JsonDocument.Parse(Question.Get(daemon.Port, "/thaw/environments"));
        return environments.RootElement.GetArrayLength();
    }
}
