using System.Text.Json.Serialization;

namespace Thaw.Contracts;

/// <summary>Where telemetry goes: a listener of the extension's own, on a port inside the sandbox; spec: ENV-093.</summary>
[JsonDerivedType(typeof(Http), "http")]
[JsonDerivedType(typeof(Tcp), "tcp")]
public abstract record Destination(int Port)
{
    public sealed record Http(int Port, string Host, string PathAndQuery, string Method) : Destination(Port);

    public sealed record Tcp(int Port) : Destination(Port);
}
