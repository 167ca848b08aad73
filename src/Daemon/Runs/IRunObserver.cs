using Thaw.Contracts;

namespace Thaw.Daemon.Runs;

/// <summary>Who watches a run. Called from any thread, in the order in which things happen.</summary>
public interface IRunObserver
{
    /// <summary>What runs is known, with all that its files say of it. Nothing of it has happened yet.</summary>
    void Begun(FunctionConfiguration function);

    /// <summary>An environment of several begins; what follows is of it, until the next one.</summary>
    void Begins(string environment);

    void Happened(LifecycleEvent happened);

    /// <summary>A line of the function's log that the platform wrote.</summary>
    void Logged(DateTimeOffset time, string text);

    /// <summary>A line that a process wrote. May wait for whoever reads; the process then waits, and nothing else does.</summary>
    /// <param name="source"><c>function</c>, or an extension's name.</param>
    void Printed(DateTimeOffset time, string source, string text);

    /// <summary>The caller of an invoke has its answer.</summary>
    /// <param name="functionError">The value of <c>X-Amz-Function-Error</c>; null when the function answered.</param>
    void Answered(RequestId requestId, ReadOnlyMemory<byte> body, string? functionError);

    /// <summary>One line that the user should know, such as a runtime version that stands in for another.</summary>
    void Notice(string text);
}
