namespace Thaw.Contracts;

/// <summary>Why an environment is initialised; it decides the limit of Init (spec 1.3).</summary>
public enum InitializationType
{
    OnDemand,
    ProvisionedConcurrency,
    SnapStart,
}

public static class InitializationTypeNames
{
    /// <summary>The value of <c>AWS_LAMBDA_INITIALIZATION_TYPE</c>.</summary>
    public static string ToWireName(this InitializationType type) => type switch
    {
        InitializationType.OnDemand => "on-demand",
        InitializationType.ProvisionedConcurrency => "provisioned-concurrency",
        InitializationType.SnapStart => "snap-start",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Reads a wire name; null when there is no such type.</summary>
    public static InitializationType? Parse(string wireName) =>
        Enum.GetValues<InitializationType>().Cast<InitializationType?>().FirstOrDefault(type => type!.Value.ToWireName() == wireName);
}
