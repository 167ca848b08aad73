using Thaw.Daemon.ServiceApi.Requests;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>Names and values that their owner gives to a function; spec (service) 7.</summary>
internal static class Tags
{
    private const int MaxTags = 50;

    /// <summary>Null when the request has none.</summary>
    public static IReadOnlyDictionary<string, string>? Read(Members body) =>
        body.Map("Tags") is not { } tags ? null
        : tags.Count > MaxTags ? throw LambdaException.InvalidParameterValue($"Number of tags exceeds resource tag limit of {MaxTags}.")
        : tags;

    /// <summary>What a resource has after more have come.</summary>
    public static IReadOnlyDictionary<string, string> Added(
        IReadOnlyDictionary<string, string> was, IReadOnlyDictionary<string, string> more)
    {
        var tags = new Dictionary<string, string>(was);
        foreach (var (name, value) in more)
            tags[name] = value;
        return tags.Count > MaxTags
            ? throw LambdaException.InvalidParameterValue($"Number of tags exceeds resource tag limit of {MaxTags}.")
            : tags;
    }
}
