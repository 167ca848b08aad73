using Thaw.Environments;

namespace Thaw.Daemon.Functions;

/// <summary>How a function stands when somebody wants to invoke it.</summary>
internal abstract record FunctionState
{
    private FunctionState()
    {
    }

    /// <summary>It can run.</summary>
    public sealed record Ready(EnvironmentPlan Plan) : FunctionState;

    /// <summary>It is there, but cannot run as it is; the message is for its owner.</summary>
    public sealed record Unusable(string Message) : FunctionState;

    /// <summary>It is being made, and can be invoked later; spec (service) 4.4.</summary>
    /// <param name="State"><c>Pending</c> and its like.</param>
    public sealed record NotReady(string State) : FunctionState;

    /// <summary>
    /// Its snapshot went, because nobody had invoked it for long. Another one is taken as soon as somebody wakes it; spec 7.1.
    /// </summary>
    public sealed record Asleep(VersionId Version) : FunctionState;

    /// <summary>There is no function of that name, or it has no such version or alias.</summary>
    public sealed record Unknown : FunctionState;
}
