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

    /// <summary>There is no function of that name.</summary>
    public sealed record Unknown : FunctionState;
}
