namespace Thaw.Sandboxing.Agents;

/// <summary>A process that an agent was asked for. It is kept beyond its exit: a descendant may still write.</summary>
internal sealed record LinkEntry(ProcessStart Start, MemoryVerdicts.Verdict Verdict)
{
    internal string Label => Start.Label ?? Start.Path;

    internal TaskCompletionSource<int> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource<ExitStatus> Exited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Exit(ExitStatus exit) =>
        Exited.TrySetResult(Started.Task.IsCompletedSuccessfully ? Verdict.On(Started.Task.Result, exit) : exit);
}
