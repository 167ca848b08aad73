using System.Reflection;

namespace Thaw.DotnetRuntime;

/// <summary>
/// An object of an interface that only the function knows: each call is answered by the name of its member. A newer version of an
/// interface may have members that we do not know; they have no value.
/// </summary>
public class Facts : DispatchProxy
{
    private Func<MethodInfo, object?[], object?> answer = (_, _) => null;

    /// <summary>Properties by name.</summary>
    internal static object Of(Type type, Func<string, object?> valueOf) => Of(type, (MethodInfo member, object?[] _) =>
        member.Name.StartsWith("get_", StringComparison.Ordinal) ? valueOf(member.Name["get_".Length..]) : null);

    internal static object Of(Type type, Func<MethodInfo, object?[], object?> answer)
    {
        var facts = Create(type, typeof(Facts));
        ((Facts)facts).answer = answer;
        return facts;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var value = answer(targetMethod!, args ?? []);
        var type = targetMethod!.ReturnType;
        return value is null && type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type) : value;
    }
}
