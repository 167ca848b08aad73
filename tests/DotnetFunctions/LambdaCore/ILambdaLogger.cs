namespace Amazon.Lambda.Core;

public interface ILambdaLogger
{
    void Log(string message);

    void LogLine(string message);

    void Log(string level, string message, params object[] args) => LogLine(message);

    void Log(string level, Exception exception, string message, params object[] args) => LogLine(message);

    void LogWarning(string message, params object[] args) => Log("Warning", message, args);
}
