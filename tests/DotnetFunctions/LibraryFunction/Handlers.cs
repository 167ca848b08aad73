using System.Text;
using Amazon.Lambda.Core;

namespace LibraryFunction;

public class Handlers
{
    private static readonly List<string> Order = [];
    private static int calls;

    public Handlers()
    {
        SnapshotRestore.RegisterBeforeSnapshot(() => Note("before 1"));
        SnapshotRestore.RegisterBeforeSnapshot(() => Note("before 2"));
        SnapshotRestore.RegisterAfterRestore(() => Note("after"));
        SnapshotRestore.RegisterAfterRestore(() => Note($"trace {Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID") ?? "none"}"));
    }

    public static string Shout(string text) => text;

    public static async Task<string> ShoutLaterAsync(string text)
    {
        await Task.Delay(1);
        return text;
    }

    public static Stream Streams(Stream input) => input;

    public static async Task<Stream> StreamsLaterAsync(Stream input)
    {
        await Task.Yield();
        return input;
    }

    public static void Nothing() => Console.WriteLine("called");

    public static async Task NothingLaterAsync() => await Task.Delay(1);

    public static string Contextual(ILambdaContext context)
    {
        var client = context.ClientContext;
        object?[] facts =
        [
            context.FunctionVersion, context.MemoryLimitInMB, context.InvokedFunctionArn, context.LogGroupName, context.LogStreamName,
            client.Client?.InstallationId, client.Custom.Count, context.Identity.IdentityId, context.AddedLater,
            context.RemainingTime > TimeSpan.FromSeconds(1), context.AwsRequestId.Length,
        ];
        return string.Join(' ', facts);
    }

    public static Stream Logs(Stream input, ILambdaContext context)
    {
        Console.WriteLine("printed {0}", 1);
        Console.Error.WriteLine("complained");
        LambdaLogger.Log("static");
        LambdaLogger.Log("Debug", "silent");
        LambdaLogger.Log("Warning", "{name} is {age}", "Ada", 36);
        context.Logger.LogLine("line");
        context.Logger.LogWarning("{what} twice", "warned");
        context.Logger.Log("Error", new InvalidOperationException("within"), "failed");
        return input;
    }

    public static string DescriptorsOfAChild()
    {
        using var child = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("ls", "/proc/self/fd") { RedirectStandardOutput = true })!;
        return child.StandardOutput.ReadToEnd();
    }

    public static string Fails(string text) => throw new InvalidOperationException($"böse {text}", new ArgumentException("cause"));

    public static async Task<string> FailsLaterAsync(string text)
    {
        await Task.Delay(1);
        return Fails(text);
    }

    public static async void AsyncVoid() => await Task.Delay(1);

    public static string Overloaded(string text) => text;

    public static string Overloaded(Stream text) => text.ToString()!;

    public static string TooMany(string a, ILambdaContext b, string c) => a + b + c;

    public Stream Snapshot(Stream input)
    {
        input.Dispose();
        return new MemoryStream(Encoding.UTF8.GetBytes($"\"{string.Join(", ", Order.Take(3))}\""));
    }

    public string Counted(string text, ILambdaContext context) => $"{text} {++calls}, {context.Logger is not null}, {Order[^1]}";

    private static ValueTask Note(string hook)
    {
        Order.Add(hook);
        return ValueTask.CompletedTask;
    }
}
