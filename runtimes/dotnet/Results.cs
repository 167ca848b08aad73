using System.Reflection;

namespace Thaw.DotnetRuntime;

/// <summary>What a handler returns, whether at once or as a task.</summary>
internal static class Results
{
    /// <summary>Null when it returns nothing.</summary>
    public static Type? TypeOf(MethodInfo method)
    {
        var type = method.ReturnType;
        if (TaskOf(type) is { } task)
            return task.GenericTypeArguments[0];
        return type == typeof(void) || typeof(Task).IsAssignableFrom(type) ? null : type;
    }

    public static object? Await(object? returned)
    {
        if (returned is not Task task)
            return returned;
        task.GetAwaiter().GetResult();
        return TaskOf(task.GetType())!.GetProperty("Result")!.GetValue(task);
    }

    // An async method returns a type below Task<T>.
    private static Type? TaskOf(Type? type) =>
        type is null ? null
        : type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) ? type
        : TaskOf(type.BaseType);
}
