using System.Reflection;

namespace Thaw.DotnetRuntime;

/// <summary>The function's own copy of Amazon.Lambda.Core, in whatever version; its parts are known by name only.</summary>
internal static class LambdaCore
{
    public const string AssemblyName = "Amazon.Lambda.Core";

    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Null while the function has not loaded it.</summary>
    public static Assembly? Loaded { get; private set; }

    /// <summary>Its static logger writes to the log, from the moment when it is loaded.</summary>
    public static void SendLogsTo(Log log) => AppDomain.CurrentDomain.AssemblyLoad += (_, load) =>
    {
        if (load.LoadedAssembly.GetName().Name != AssemblyName)
            return;
        Loaded = load.LoadedAssembly;
        var logger = Loaded.GetType("Amazon.Lambda.Core.LambdaLogger");
        Set(logger, "_loggingAction", (string message) => log.Write(null, null, message));
        Set(logger, "_loggingWithLevelAction", (string level, string message, object?[] arguments) =>
            log.Write(level, null, message, arguments));
        Set(logger, "_loggingWithLevelAndExceptionAction", (string level, Exception error, string message, object?[] arguments) =>
            log.Write(level, error, message, arguments));
    };

    /// <summary>Null when this version has no such method.</summary>
    public static MethodInfo? Method(string type, string name) => Loaded?.GetType($"{AssemblyName}.{type}")?.GetMethod(name, Statics);

    // Of a lambda the compiler knows whether it is an Action or a type of its own; older versions lack some of the fields.
    private static void Set(Type? type, string field, Delegate value)
    {
        if (type?.GetField(field, Statics) is { } found && found.FieldType.IsInstanceOfType(value))
            found.SetValue(null, value);
    }
}
