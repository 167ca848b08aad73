using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Thaw.WarmProfile;

/// <summary>Copies signatures from one assembly into another: the same bytes, but for the numbers of the types in them.</summary>
internal sealed class SignatureCopy(References references) : ISignatureTypeProvider<byte[], object?>
{
    private const byte ValueType = 0x11, Class = 0x12, Pinned = 0x45;

    /// <summary>What the method takes and returns.</summary>
    public BlobBuilder Of(MethodDefinition method)
    {
        var signature = method.DecodeSignature(this, null);
        var blob = new BlobBuilder();
        blob.WriteByte(signature.Header.RawValue);
        if (signature.Header.IsGeneric)
            blob.WriteCompressedInteger(signature.GenericParameterCount);
        blob.WriteCompressedInteger(signature.ParameterTypes.Length);
        blob.WriteBytes(signature.ReturnType);
        foreach (var parameter in signature.ParameterTypes)
            blob.WriteBytes(parameter);
        return blob;
    }

    public byte[] GetPrimitiveType(PrimitiveTypeCode typeCode) => [(byte)typeCode];

    public byte[] GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        if (BuiltIn(reader, handle) is { } code)
            return [(byte)code];
        var kind = rawTypeKind != 0 ? rawTypeKind : IsValueType(reader, handle) ? ValueType : Class;
        return Token(kind, references.Definition(reader, handle));
    }

    public byte[] GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        Token(rawTypeKind, references.Reference(reader, handle));

    public byte[] GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public byte[] GetGenericInstantiation(byte[] genericType, ImmutableArray<byte[]> typeArguments)
    {
        var blob = new BlobBuilder();
        blob.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        blob.WriteBytes(genericType);
        blob.WriteCompressedInteger(typeArguments.Length);
        foreach (var argument in typeArguments)
            blob.WriteBytes(argument);
        return blob.ToArray();
    }

    public byte[] GetSZArrayType(byte[] elementType) => [(byte)SignatureTypeCode.SZArray, .. elementType];

    public byte[] GetByReferenceType(byte[] elementType) => [(byte)SignatureTypeCode.ByReference, .. elementType];

    public byte[] GetPointerType(byte[] elementType) => [(byte)SignatureTypeCode.Pointer, .. elementType];

    public byte[] GetPinnedType(byte[] elementType) => [Pinned, .. elementType];

    public byte[] GetGenericTypeParameter(object? genericContext, int index) => Counted(SignatureTypeCode.GenericTypeParameter, index);

    public byte[] GetGenericMethodParameter(object? genericContext, int index) => Counted(SignatureTypeCode.GenericMethodParameter, index);

    public byte[] GetModifiedType(byte[] modifier, byte[] unmodifiedType, bool isRequired) =>
    [
        (byte)(isRequired ? SignatureTypeCode.RequiredModifier : SignatureTypeCode.OptionalModifier),
        .. modifier[1..],
        .. unmodifiedType,
    ];

    public byte[] GetArrayType(byte[] elementType, ArrayShape shape)
    {
        var blob = new BlobBuilder();
        blob.WriteByte((byte)SignatureTypeCode.Array);
        blob.WriteBytes(elementType);
        new ArrayShapeEncoder(blob).Shape(shape.Rank, shape.Sizes, shape.LowerBounds);
        return blob.ToArray();
    }

    public byte[] GetFunctionPointerType(MethodSignature<byte[]> signature) =>
    [
        (byte)SignatureTypeCode.FunctionPointer,
        signature.Header.RawValue,
        (byte)signature.ParameterTypes.Length,
        .. signature.ReturnType,
        .. signature.ParameterTypes.SelectMany(parameter => parameter),
    ];

    private static byte[] Token(byte kind, EntityHandle type)
    {
        var blob = new BlobBuilder();
        blob.WriteByte(kind);
        blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(type));
        return blob.ToArray();
    }

    private static byte[] Counted(SignatureTypeCode code, int index)
    {
        var blob = new BlobBuilder();
        blob.WriteByte((byte)code);
        blob.WriteCompressedInteger(index);
        return blob.ToArray();
    }

    // Those that signatures have a letter for.
    private static PrimitiveTypeCode? BuiltIn(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return type.GetDeclaringType().IsNil && reader.StringComparer.Equals(type.Namespace, "System")
            && Enum.TryParse<PrimitiveTypeCode>(reader.GetString(type.Name), out var code)
            && code.ToString() == reader.GetString(type.Name) ? code : null;
    }

    private static bool IsValueType(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var (place, name) = type.BaseType.Kind switch
        {
            HandleKind.TypeDefinition when !type.BaseType.IsNil => Names(reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType)),
            HandleKind.TypeReference => NamesOfReference(reader.GetTypeReference((TypeReferenceHandle)type.BaseType)),
            _ => ("", ""),
        };
        return place == "System" && name is "ValueType" or "Enum" && !reader.StringComparer.Equals(type.Name, "Enum");

        (string, string) Names(TypeDefinition one) => (reader.GetString(one.Namespace), reader.GetString(one.Name));

        (string, string) NamesOfReference(TypeReference one) => (reader.GetString(one.Namespace), reader.GetString(one.Name));
    }
}
