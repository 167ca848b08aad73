using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Thaw.DotnetRuntime;

/// <summary>The method that a handler's name means, on an object of its type: <c>Output Method(Input input, ILambdaContext context)</c>,
/// each of the three or none, and the output perhaps as a task.</summary>
internal sealed class Handler
{
    private const BindingFlags Any =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly MethodInfo method;
    private readonly object? owner;
    private readonly Serializer serializer;
    private readonly Type? input, context;
    private readonly Log log;

    private Handler(MethodInfo method, object? owner, Serializer serializer, Type? input, Type? context, Log log) =>
        (this.method, this.owner, this.serializer, this.input, this.context, this.log) = (method, owner, serializer, input, context, log);

    public static Handler Load(HandlerName name, Log log)
    {
        var assembly = LoadAssembly(name);
        var type = assembly.GetType(name.Type)
            ?? throw new LambdaValidationException($"Unable to load type '{name.Type}' from assembly '{name.Assembly}'.");
        var method = Find(type, name);
        HandlerRules.Check(type, method);
        var (input, context) = Parameters(type, method);
        var serializer = Serializer.For(assembly, method);
        serializer.MustKnow(input, "deserialize input data", name);
        serializer.MustKnow(Results.TypeOf(method), "serialize output data", name);
        return new Handler(method, Owner(type, method), serializer, input, context, log);
    }

    public ReadOnlyMemory<byte> Call(Invocation invocation)
    {
        var arguments = new List<object?>(2);
        if (input is not null)
            arguments.Add(serializer.Read(input, invocation.Event));
        if (context is not null)
            arguments.Add(LambdaContext.Of(context, invocation, log));
        var result = method.Invoke(owner, BindingFlags.DoNotWrapExceptions, null, [.. arguments], null);
        return Results.TypeOf(method) is { } output ? serializer.Write(output, Results.Await(result)) : Finish(result);
    }

    /// <summary>Has compiled what a call needs, without any code of the function's being run.</summary>
    public void Prepare()
    {
        Compiler.Prepare(method);
        if (method.GetCustomAttribute<AsyncStateMachineAttribute>() is { StateMachineType: { IsGenericType: false } machine })
            Compiler.Prepare(machine.GetMethod(nameof(IAsyncStateMachine.MoveNext), Any)!);
        serializer.Prepare(input, Results.TypeOf(method));
        if (context is not null)
            LambdaContext.Prepare(context, log);
    }

    private static ReadOnlyMemory<byte> Finish(object? result)
    {
        (result as Task)?.GetAwaiter().GetResult();
        return default;
    }

    private static Assembly LoadAssembly(HandlerName name)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name.Assembly));
        }
        catch (FileNotFoundException missing)
        {
            throw new LambdaValidationException($"Could not find the specified handler assembly with the file name '{missing.FileName}'. "
                + "The assembly should be located in the root of your uploaded .zip file.");
        }
        catch (Exception failure) when (failure is FileLoadException or BadImageFormatException)
        {
            throw new LambdaValidationException($"Unable to load assembly '{name.Assembly}'. {failure.Message}");
        }
    }

    private static MethodInfo Find(Type type, HandlerName name)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            var named = level.GetMethods(Any).Where(one => one.Name == name.Method || one.ToString() == name.Method).ToArray();
            if (named.Length > 1)
            {
                throw new LambdaValidationException(
                    $"The method '{name.Method}' in type '{name.Type}' appears to have a number of overloads. "
                    + "To call this method please specify a complete method signature. Possible candidates are:\n"
                    + $"{string.Join('\n', named.Select(one => one.ToString()))}.");
            }

            if (named.Length == 1)
                return named[0];
        }

        throw new LambdaValidationException($"Unable to find method '{name.Method}' in type '{name.Type}' from assembly '{name.Assembly}': "
            + $"Found no methods matching method name '{name.Method}'.");
    }

    private static (Type? Input, Type? Context) Parameters(Type type, MethodInfo method)
    {
        var types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        return types switch
        {
            [] => (null, null),
            [var only] => LambdaContext.IsOne(only) ? (null, only) : (only, null),
            [var first, var second] when LambdaContext.IsOne(second) => (first, second),
            [_, _] => throw new LambdaValidationException($"Method '{method.Name}' of type '{type.FullName}' is not supported: "
                + $"the method has 2 parameters, but the second parameter is not of type '{LambdaContext.InterfaceName}'."),
            _ => throw new LambdaValidationException(
                $"Method '{method.Name}' of type '{type.FullName}' is not supported: the method has more than 2 parameters."),
        };
    }

    // What the constructor, or the static one, does belongs to Init.
    private static object? Owner(Type type, MethodInfo method)
    {
        const BindingFlags Constructor = BindingFlags.DoNotWrapExceptions | BindingFlags.Instance | BindingFlags.Public;
        if (!method.IsStatic)
            return Activator.CreateInstance(type, Constructor, null, null, null);
        RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        return null;
    }
}
