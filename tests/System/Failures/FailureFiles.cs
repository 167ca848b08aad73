using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Failures;

/// <summary>What a function of a case has in its /tmp.</summary>
internal sealed class FailureFiles(RunningDaemon daemon) : IDisposable
{
    /// <summary>Each of its processes leaves it to the next.</summary>
    public FileOfFunctions State { get; } = new(daemon);

    /// <summary>What it is asked to do.</summary>
    public FileOfFunctions Deed { get; } = new(daemon);

    public void Dispose()
    {
        State.Dispose();
        Deed.Dispose();
    }
}
