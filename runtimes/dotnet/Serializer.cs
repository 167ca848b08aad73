using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Thaw.DotnetRuntime;

/// <summary>
/// Turns events into the handler's input, and its output into bytes: by the serializer that a <c>LambdaSerializerAttribute</c> on the
/// method or the assembly names. Streams stay as they are. A library that does not know Amazon.Lambda.Core cannot have the attribute;
/// System.Text.Json serves it.
/// </summary>
internal sealed class Serializer
{
    private const string Attribute = "Amazon.Lambda.Core.LambdaSerializerAttribute", Interface = "Amazon.Lambda.Core.ILambdaSerializer";

    // As Lambda's own serializer of that name: whatever case the caller prefers.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly object? named;
    private readonly MethodInfo? read, write;
    private readonly bool isPlain;

    private Serializer(object? named, bool isPlain)
    {
        this.isPlain = isPlain;
        this.named = named;
        if (named is null)
            return;
        var contract = named.GetType().GetInterface(Interface)
            ?? throw new LambdaValidationException(
                $"The '{named.GetType().FullName}' class is invalid: it does not implement the 'ILambdaSerializer' interface.");
        (read, write) = (contract.GetMethod("Deserialize"), contract.GetMethod("Serialize"));
    }

    public static Serializer For(Assembly assembly, MethodInfo method)
    {
        var attribute = TypeNamedBy(method.CustomAttributes) ?? TypeNamedBy(assembly.CustomAttributes);
        if (attribute is null)
            return new Serializer(null, isPlain: !assembly.GetReferencedAssemblies().Any(one => one.Name == LambdaCore.AssemblyName));
        var constructor = attribute.GetConstructor(Type.EmptyTypes)
            ?? throw new LambdaValidationException(
                $"The indicated serializer '{attribute.FullName}' does not define a public zero-parameter constructor.");
        return new Serializer(constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, null, null), isPlain: false);
    }

    public void MustKnow(Type? type, string task, HandlerName handler)
    {
        if (type is not null && named is null && !isPlain && !typeof(Stream).IsAssignableFrom(type))
        {
            throw new LambdaValidationException($"Could not find the LambdaSerializerAttribute on the assembly '{handler.Assembly}' or "
                + $"method '{handler.Method}' while attempting to {task} of type '{type.FullName}'. "
                + "To use types other than System.IO.Stream as input/output parameters, the assembly or Lambda function should be "
                + $"annotated with {Attribute}.");
        }
    }

    /// <summary>Has compiled what these types need.</summary>
    public void Prepare(Type? input, Type? output)
    {
        foreach (var (type, way) in new[] { (input, read), (output, write) })
        {
            // To ask System.Text.Json would make converters of the function's.
            if (type is not null && way is not null && !typeof(Stream).IsAssignableFrom(type))
                Compiler.Prepare(Own(way).MakeGenericMethod(type));
        }
    }

    public object? Read(Type type, byte[] bytes)
    {
        if (type == typeof(Stream))
            return new MemoryStream(bytes, writable: false);
        return read is null
            ? JsonSerializer.Deserialize(bytes, type, Options)
            : read.MakeGenericMethod(type).Invoke(named, BindingFlags.DoNotWrapExceptions, null, [new MemoryStream(bytes)], null);
    }

    public ReadOnlyMemory<byte> Write(Type type, object? value)
    {
        var body = new MemoryStream();
        if (typeof(Stream).IsAssignableFrom(type))
        {
            using var stream = value as Stream;
            stream?.CopyTo(body);
        }
        else if (write is null)
        {
            JsonSerializer.Serialize(body, value, type, Options);
        }
        else
        {
            write.MakeGenericMethod(type).Invoke(named, BindingFlags.DoNotWrapExceptions, null, [value, body], null);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    // What the contract's method is in the named serializer.
    private MethodInfo Own(MethodInfo way)
    {
        var map = named!.GetType().GetInterfaceMap(way.DeclaringType!);
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, way)];
    }

    private static Type? TypeNamedBy(IEnumerable<CustomAttributeData> attributes) => attributes
        .FirstOrDefault(attribute => attribute.AttributeType.FullName == Attribute)?.ConstructorArguments[0].Value as Type;
}
