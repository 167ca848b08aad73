namespace Amazon.Lambda.Core;

public static class LambdaLogger
{
#pragma warning disable IDE0044 // Runtimes set the fields.
    private static Action<string> _loggingAction = Console.WriteLine;
    private static Action<string, string, object[]> _loggingWithLevelAction = (_, message, _) => Console.WriteLine(message);
#pragma warning restore IDE0044

    public static void Log(string message) => _loggingAction(message);

    public static void Log(string level, string message, params object[] args) => _loggingWithLevelAction(level, message, args);
}
