using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Thaw.WarmProfile;

/// <summary>Writes down types and methods the way that one assembly refers to those of others.</summary>
internal sealed class References(MetadataBuilder metadata, Recording recording, Assemblies assemblies)
{
    // Stands for any reference type where code is shared; the compiler looks for it here.
    private const string SharedAssembly = "System.Private.Canon", SharedType = "__Canon";

    private readonly Dictionary<string, AssemblyReferenceHandle> assemblyReferences = [];
    private readonly Dictionary<(EntityHandle Scope, string Namespace, string Name), TypeReferenceHandle> typeReferences = [];
    private readonly Dictionary<ulong, EntityHandle> types = [];
    private readonly Dictionary<ulong, EntityHandle> methods = [];

    /// <summary>A name for the type; nil when it cannot have one.</summary>
    public EntityHandle Type(ulong id)
    {
        if (types.TryGetValue(id, out var known))
            return known;
        var handle = default(EntityHandle);
        if (recording.Types.TryGetValue(id, out var type) && assemblies.Find(type.Module) is { } reader)
        {
            if (type.Arguments.Length == 0 && !type.IsArray)
                handle = Definition(reader, MetadataTokens.TypeDefinitionHandle(type.Token & 0xFFFFFF));
            else if (Signature(id) is { } signature)
                handle = metadata.AddTypeSpecification(metadata.GetOrAddBlob(signature));
        }
        return types[id] = handle;
    }

    /// <summary>A name for the method; nil when it cannot have one.</summary>
    public EntityHandle Method(ulong id)
    {
        if (methods.TryGetValue(id, out var known))
            return known;
        var handle = default(EntityHandle);
        if (recording.Methods.TryGetValue(id, out var method) && recording.Types.TryGetValue(method.Type, out var type)
            && assemblies.Find(type.Module) is { } reader && Type(method.Type) is { IsNil: false } parent)
        {
            var definition = reader.GetMethodDefinition(MetadataTokens.MethodDefinitionHandle(method.Token & 0xFFFFFF));
            handle = metadata.AddMemberReference(parent, metadata.GetOrAddString(reader.GetString(definition.Name)),
                metadata.GetOrAddBlob(new SignatureCopy(this).Of(definition)));
            if (method.Arguments.Length > 0)
                handle = Filled(handle, method.Arguments);
        }
        return methods[id] = handle;
    }

    /// <summary>The assemblies that one has to know to understand the method, its own first.</summary>
    public IEnumerable<string> AssembliesOf(ulong id)
    {
        var method = recording.Methods[id];
        return AssembliesOfType(method.Type).Concat(method.Arguments.SelectMany(AssembliesOfType)).Distinct();
    }

    /// <summary>A definition of another assembly, by its name there.</summary>
    public TypeReferenceHandle Definition(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = reader.GetString(type.Name);
        var place = reader.GetString(type.Namespace);
        return Named(Scope(), place, name);

        EntityHandle Scope() => type.GetDeclaringType() is { IsNil: false } outer ? Definition(reader, outer)
            : place == "System" && name == SharedType ? Assembly(SharedAssembly, new Version(0, 0, 0, 0), [])
            : AssemblyOf(reader);
    }

    /// <summary>A reference of another assembly, once more.</summary>
    public TypeReferenceHandle Reference(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return Named(Scope(), reader.GetString(type.Namespace), reader.GetString(type.Name));

        EntityHandle Scope()
        {
            if (type.ResolutionScope.Kind == HandleKind.TypeReference)
                return Reference(reader, (TypeReferenceHandle)type.ResolutionScope);
            if (type.ResolutionScope.Kind != HandleKind.AssemblyReference)
                return AssemblyOf(reader);
            var assembly = reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
            return Assembly(reader.GetString(assembly.Name), assembly.Version, reader.GetBlobBytes(assembly.PublicKeyOrToken));
        }
    }

    private EntityHandle Filled(EntityHandle method, ulong[] arguments)
    {
        var signature = new BlobBuilder();
        signature.WriteByte((byte)SignatureKind.MethodSpecification);
        signature.WriteCompressedInteger(arguments.Length);
        foreach (var argument in arguments)
        {
            if (Signature(argument) is not { } one)
                return default;
            signature.WriteBytes(one);
        }
        return metadata.AddMethodSpecification(method, metadata.GetOrAddBlob(signature));
    }

    private byte[]? Signature(ulong id)
    {
        if (!recording.Types.TryGetValue(id, out var type))
            return null;
        var arguments = Array.ConvertAll(type.Arguments, Signature);
        if (arguments.Contains(null))
            return null;
        if (type.IsArray)
            return arguments is [{ } element] ? [(byte)SignatureTypeCode.SZArray, .. element] : null;
        if (assemblies.Find(type.Module) is not { } reader)
            return null;
        var copy = new SignatureCopy(this);
        var definition = copy.GetTypeFromDefinition(reader, MetadataTokens.TypeDefinitionHandle(type.Token & 0xFFFFFF), rawTypeKind: 0);
        return arguments.Length == 0 ? definition : copy.GetGenericInstantiation(definition, [.. arguments.OfType<byte[]>()]);
    }

    private IEnumerable<string> AssembliesOfType(ulong id)
    {
        if (!recording.Types.TryGetValue(id, out var type))
            return [];
        var own = type.IsArray || assemblies.Find(type.Module) is not { } reader ? []
            : new[] { reader.GetString(reader.GetAssemblyDefinition().Name) };
        return own.Concat(type.Arguments.SelectMany(AssembliesOfType));
    }

    private TypeReferenceHandle Named(EntityHandle scope, string place, string name)
    {
        if (!typeReferences.TryGetValue((scope, place, name), out var handle))
        {
            handle = metadata.AddTypeReference(scope, metadata.GetOrAddString(place), metadata.GetOrAddString(name));
            typeReferences[(scope, place, name)] = handle;
        }
        return handle;
    }

    private AssemblyReferenceHandle AssemblyOf(MetadataReader reader)
    {
        var assembly = reader.GetAssemblyDefinition();
        return Assembly(reader.GetString(assembly.Name), assembly.Version, assembly.GetAssemblyName().GetPublicKeyToken() ?? []);
    }

    private AssemblyReferenceHandle Assembly(string name, Version version, byte[] token)
    {
        if (!assemblyReferences.TryGetValue(name, out var handle))
        {
            handle = metadata.AddAssemblyReference(metadata.GetOrAddString(name), version, default,
                token.Length == 0 ? default : metadata.GetOrAddBlob(token), default(AssemblyFlags), default);
            assemblyReferences[name] = handle;
        }
        return handle;
    }
}
