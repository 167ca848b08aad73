using System.Text.RegularExpressions;
using Thaw.Contracts;

namespace Thaw.Daemon.Functions;

/// <summary>CreateFunction's <c>LoggingConfig</c>, as it is written; what is wrong with it is said in AWS's words.</summary>
internal sealed partial record LoggingDescription
{
    private const int MaxLogGroupLength = 512;

    private static readonly string[] Formats = ["JSON", "Text"];
    private static readonly string[] SystemLevels = ["DEBUG", "INFO", "WARN"];
    private static readonly string[] ApplicationLevels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

    public string? LogFormat { get; init; }

    public string? ApplicationLogLevel { get; init; }

    public string? SystemLogLevel { get; init; }

    public string? LogGroup { get; init; }

    /// <exception cref="UnusableFunctionException">CreateFunction would refuse it.</exception>
    public LoggingConfig ToConfig()
    {
        string[] problems =
        [
            .. Enumerated("logFormat", LogFormat, Formats),
            .. Enumerated("applicationLogLevel", ApplicationLogLevel, ApplicationLevels),
            .. Enumerated("systemLogLevel", SystemLogLevel, SystemLevels),
            .. Named(LogGroup),
        ];
        if (problems.Length > 0)
        {
            var count = problems.Length == 1 ? "1 validation error" : $"{problems.Length} validation errors";
            throw new UnusableFunctionException($"{count} detected: {string.Join("; ", problems)}");
        }

        var isJson = LogFormat == "JSON";
        if (!isJson && (ApplicationLogLevel ?? SystemLogLevel) is not null)
        {
            throw new UnusableFunctionException(
                "LogLevel is not supported when LogFormat is set to \"Text\". "
                + "Remove LogLevel from your request or change the LogFormat to \"JSON\" and try again.");
        }

        return new LoggingConfig
        {
            Format = isJson ? Contracts.LogFormat.Json : Contracts.LogFormat.Text,
            ApplicationLevel = Level(ApplicationLogLevel),
            SystemLevel = Level(SystemLogLevel),
            LogGroup = LogGroup,
        };
    }

    private static LogSeverity Level(string? name) => name is null ? LogSeverity.Info : Enum.Parse<LogSeverity>(name, ignoreCase: true);

    private static IEnumerable<string> Enumerated(string member, string? value, string[] words)
    {
        if (value is not null && !words.Contains(value))
            yield return Refusal(member, value, $"Member must satisfy enum value set: [{string.Join(", ", words)}]");
    }

    private static IEnumerable<string> Named(string? group)
    {
        if (group is null)
            yield break;
        if (group.Length == 0)
            yield return Refusal("logGroup", group, "Member must have length greater than or equal to 1");
        if (group.Length > MaxLogGroupLength)
            yield return Refusal("logGroup", group, $"Member must have length less than or equal to {MaxLogGroupLength}");
        if (!LogGroupName().IsMatch(group))
            yield return Refusal("logGroup", group, @"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+");
    }

    private static string Refusal(string member, string value, string constraint) =>
        $"Value '{value}' at 'loggingConfig.{member}' failed to satisfy constraint: {constraint}";

    [GeneratedRegex(@"^[\.\-_/#A-Za-z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex LogGroupName();
}
