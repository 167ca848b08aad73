namespace Thaw.Contracts;

/// <summary>What a user configured for one version of a function: CreateFunction's fields that an environment feels.</summary>
public sealed record FunctionConfiguration
{
    /// <summary>The version that a function's owner edits; every other one is a number.</summary>
    public const string Latest = "$LATEST";

    /// <summary>Region and account in every ARN of ours.</summary>
    public const string LocalRegion = "us-east-1", LocalAccountId = "000000000000";

    private const string LocalPrefix = $"arn:aws:lambda:{LocalRegion}:{LocalAccountId}:function:";

    public required string Name { get; init; }

    /// <summary><see cref="Latest"/> or a number.</summary>
    public string Version { get; init; } = Latest;

    /// <summary>As configured, for example <c>index.handler</c>; runtimes give it its meaning.</summary>
    public required string Handler { get; init; }

    /// <summary>A runtime identifier such as <c>nodejs20.x</c> or <c>provided.al2023</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>1 to 900 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(Limits.DefaultTimeoutSeconds);

    /// <summary>128 to 10,240 megabytes.</summary>
    public int MemoryMegabytes { get; init; } = Limits.DefaultMemoryMegabytes;

    /// <summary>The size of <c>/tmp</c>: 512 to 10,240 megabytes.</summary>
    public int StorageMegabytes { get; init; } = Limits.DefaultStorageMegabytes;

    /// <summary>The customer's variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public string Region { get; init; } = LocalRegion;

    public string AccountId { get; init; } = LocalAccountId;

    /// <summary>Of the function, without a version.</summary>
    public string Arn => ArnOf(Region, AccountId, Name);

    public LoggingConfig Logging { get; init; } = new();

    /// <summary>The wording of its logs and errors.</summary>
    public Dialect Dialect { get; init; } = Dialects.Newest;

    public string LogGroup => Logging.LogGroup ?? $"/aws/lambda/{Name}";

    /// <summary>The ARN that a function of this name has, or would have, in our one account and its usual region.</summary>
    public static string LocalArn(string name) => LocalPrefix + name;

    private static string ArnOf(string region, string account, string name) => $"arn:aws:lambda:{region}:{account}:function:{name}";
}
