using System.Reflection;
using System.Runtime.CompilerServices;

namespace Thaw.DotnetRuntime;

/// <summary>Compiles ahead of the first call.</summary>
internal static class Compiler
{
    /// <param name="method">Of a type that is not generic any more.</param>
    public static void Prepare(MethodInfo method)
    {
        Type[] types = [.. method.DeclaringType!.GenericTypeArguments, .. method.GetGenericArguments()];
        if (method is { IsAbstract: false, ContainsGenericParameters: false })
            RuntimeHelpers.PrepareMethod(method.MethodHandle, [.. types.Select(type => type.TypeHandle)]);
    }
}
