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

    /// <summary>As long as nobody takes any, the daemon makes some empty sandboxes.</summary>
    internal static void AwaitReadySandboxes(Server daemon)
    {
        const string Two = "\nthaw_sandboxes_ready 2\n";
        for (var tries = 0; !Question.Get(daemon.Port, "/metrics").Contains(Two, StringComparison.Ordinal); tries++)
        {
            if (tries == 500)
                throw new BenchException("the daemon makes no sandboxes ready");
            Thread.Sleep(20);
        }
    }

    /// <summary>How long a phase took in the one environment of a function that has had it.</summary>
    internal static double PhaseMilliseconds(Server daemon, string function, string phase)
    {
        using var environments = JsonDocument.Parse(Question.Get(daemon.Port, "/thaw/environments"));
        var phases = environments.RootElement.EnumerateArray()
            .Where(each => each.GetProperty("function").GetString() == function)
            .SelectMany(each => each.GetProperty("phases").EnumerateArray())
            .Where(each => each.GetProperty("name").GetString() == phase)
            .ToArray();
        if (phases is not [var one])
            throw new BenchException($"{function} has had {phases.Length} times {phase}, not once");
        return (one.GetProperty("end").GetDateTimeOffset() - one.GetProperty("start").GetDateTimeOffset()).TotalMilliseconds;
    }

    internal static int Count(Server daemon)
    {
        using var environments = JsonDocument.Parse(Question.Get(daemon.Port, "/thaw/environments"));
        return environments.RootElement.GetArrayLength();
    }
}
