using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>What an environment is for, and the limits of its phases.</summary>
public sealed record LifecycleSettings
{
    public required FunctionConfiguration Function { get; init; }

    public InitializationType InitializationType { get; init; } = InitializationType.OnDemand;

    /// <summary>Ten seconds on demand; the other types may take 130 s, or the function's timeout if that is longer. Spec 1.3.</summary>
    public TimeSpan InitLimit => InitializationType switch
    {
        InitializationType.OnDemand => TimeSpan.FromSeconds(10),
        _ => Function.Timeout > TimeSpan.FromSeconds(130) ? Function.Timeout : TimeSpan.FromSeconds(130),
    };

    /// <summary>Loading the runtime and its after-restore hooks; spec: ENV-044.</summary>
    public TimeSpan RestoreLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a runtime's call of Next waits for the end of an answer that it is still posting; ours.</summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The shutdown budget with an external extension; spec 1.8.</summary>
    public TimeSpan ShutdownBudget { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The shutdown budget with only internal extensions; without any it is zero. Spec 1.8.</summary>
    public TimeSpan InternalShutdownBudget { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long exits may take to be told after everything was killed; spec 1.8.</summary>
    public TimeSpan ExitLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The runtime's part of the budget: documents say 300 ms, AWS's code says 30 %; spec: ENV-036.</summary>
    public double RuntimeShutdownShare { get; init; } = 0.3;
}
