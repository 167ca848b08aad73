using System.Text.Json;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(LibraryFunction.ShoutingSerializer))]

namespace LibraryFunction;

/// <summary>A serializer that is seen to be used: all text of a response is in capitals.</summary>
public sealed class ShoutingSerializer : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => JsonSerializer.Deserialize<T>(requestStream)!;

    public void Serialize<T>(T response, Stream responseStream) =>
        responseStream.Write(JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Serialize(response).ToUpperInvariant()));
}
