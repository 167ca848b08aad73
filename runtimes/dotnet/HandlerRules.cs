using System.Reflection;
using System.Runtime.CompilerServices;

namespace Thaw.DotnetRuntime;

/// <summary>What may be a handler, in Lambda's words for what may not.</summary>
internal static class HandlerRules
{
    public static void Check(Type type, MethodInfo method)
    {
        if (Fault(type, method) is { } fault)
            throw new LambdaValidationException(fault);
    }

    private static string? Fault(Type type, MethodInfo method) =>
        method.IsAbstract ? OfMethod(method, "an abstract method. Handler methods cannot be abstract. "
            + "Please specify a non-abstract handler method.")
        : method.IsGenericMethod ? OfMethod(method, "a generic method. Handler methods cannot be generic. "
            + "Please specify a non-generic handler method.")
        : IsAsyncVoid(method) ? OfMethod(method, "an 'async void' method. Handler methods cannot be 'async void'. "
            + "Please specify a method that is not 'async void'.")
        : HasParams(method) ? OfMethod(method, "a 'params' method. Please specify a method that does not use 'params'.")
        : type.IsGenericType ? $"The type '{type.FullName}' cannot be used as a Lambda Handler type because it is generic. "
            + "Handler methods cannot be located in generic types. Please specify a handler method in a non-generic type."
        : type.IsAbstract && !method.IsStatic ? $"The instance method '{method}' cannot be used as a Lambda Handler because its type "
            + $"'{type.FullName}' is abstract. Please either use a static handler or specify a type that is not abstract."
        : null;

    private static string OfMethod(MethodInfo method, string kind) =>
        $"The method '{method}' cannot be used as a Lambda Handler because it is {kind}";

    private static bool IsAsyncVoid(MethodInfo method) =>
        method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute));

    private static bool HasParams(MethodInfo method) =>
        method.GetParameters() is [.., var last] && last.IsDefined(typeof(ParamArrayAttribute));
}
