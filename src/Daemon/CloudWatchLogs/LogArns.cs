using Thaw.Contracts;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>The ARNs of log groups and streams, in our one account and region.</summary>
internal static class LogArns
{
    private const string Before = $"arn:aws:logs:{FunctionConfiguration.LocalRegion}:{FunctionConfiguration.LocalAccountId}:log-group:";

    public static string Group(string group) => Before + group;

    public static string Stream(string group, string stream) => $"{Before}{group}:log-stream:{stream}";

    /// <summary>
    /// The group that an identifier names: by its name, or by an ARN of any region and account, with <c>:*</c> or without.
    /// </summary>
    public static string GroupOf(string identifier)
    {
        var parts = identifier.Split(':');
        return parts is ["arn", _, "logs", _, _, "log-group", var name, ..] ? name : identifier;
    }
}
