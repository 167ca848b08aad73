namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>A call to CloudWatch Logs that gets an error for its answer: status 400, and which one.</summary>
internal sealed class LogsException(string type, string message) : Exception(message)
{
    /// <summary>The name of the error's shape.</summary>
    public string Type => type;

    public static LogsException NoGroup() => new("ResourceNotFoundException", "The specified log group does not exist.");

    public static LogsException NoStream() => new("ResourceNotFoundException", "The specified log stream does not exist.");

    public static LogsException Invalid(string message) => new("InvalidParameterException", message);

    /// <summary>A member has a value that its model forbids.</summary>
    public static LogsException Constraint(string member, object value, string constraint) => Invalid(
        $"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}");

    /// <summary>No JSON object, or a member that is of another type than its model has.</summary>
    public static LogsException Serialization(string message) => new("SerializationException", message);

    public static LogsException UnknownOperation(string name) => new("UnknownOperationException",
        $"There is no operation {name} in this version of Thaw; "
        + "it has DescribeLogGroups, DescribeLogStreams, GetLogEvents and FilterLogEvents.");
}
