using System.Globalization;
using System.Net;
using Thaw.Contracts;

namespace Thaw.EnvironmentApis.TelemetryApi;

/// <summary>The destination of a subscription: a listener inside the environment, and nothing else; spec: ENV-091, ENV-093.</summary>
internal sealed class DestinationRequest(List<string> faults, bool logsApi, int apiPort)
{
    private const string Scheme = "http://";

    /// <summary>AWS's own; no extension can listen there.</summary>
    private const int ReservedPort = 9001;

    /// <summary>Null when it has faults.</summary>
    public Destination? Read(RequestFields request)
    {
        var faultsBefore = faults.Count;
        if (request.Object("destination") is not { } destination)
            return faults.Count > faultsBefore ? null : Refuse("destination is not provided");

        var protocol = destination.Word("protocol", "HTTP", "TCP");
        destination.Word("encoding", "JSON");
        if (protocol == "TCP")
            return ReadTcp(destination);
        if (protocol == "HTTP")
            return ReadHttp(destination);
        return faults.Count > faultsBefore ? null : Refuse("protocol is not provided");
    }

    private Destination.Tcp? ReadTcp(RequestFields destination)
    {
        var faultsBefore = faults.Count;
        if (destination.Number("port", IPEndPoint.MinPort + 1, IPEndPoint.MaxPort) is { } port)
            return IsFree(port) ? new Destination.Tcp(port) : null;
        if (faults.Count == faultsBefore)
            faults.Add("port is not provided");
        return null;
    }

    private Destination? ReadHttp(RequestFields destination)
    {
        var faultsBefore = faults.Count;
        var method = logsApi ? destination.Word("method", "POST", "PUT") : destination.Word("method", "POST");
        var uri = destination.Text("URI");
        return faults.Count > faultsBefore ? null : ReadUri(uri, method ?? "POST");
    }

    // By hand: the path must arrive as it was written, and .NET's Uri would tidy it up.
    private Destination? ReadUri(string? uri, string method)
    {
        if (string.IsNullOrEmpty(uri))
            return Refuse("URI is not provided");
        if (uri.Length > Limits.TelemetryUriLetters || uri.Any(letter => letter is <= ' ' or > '~'))
            return Refuse("URI is not valid");
        if (!uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Refuse("URI scheme should be http");

        var (authority, path) = Cut(uri[Scheme.Length..].Split('#')[0]);
        if (authority.Contains('@', StringComparison.Ordinal))
            return Refuse("URI should not contain a user");
        var colon = authority.LastIndexOf(':');
        var host = colon < 0 ? authority : authority[..colon];
        if (!IsInside(host))
            return Refuse("URI host should be sandbox.localdomain or sandbox");
        if (colon < 0 || colon == authority.Length - 1)
            return Refuse("URI port is not provided");
        if (!int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || !IsPort(port))
            return Refuse($"URI port should be a whole number between {IPEndPoint.MinPort + 1} and {IPEndPoint.MaxPort}");
        return IsFree(port) ? new Destination.Http(port, host, path, method) : null;
    }

    private static (string Authority, string PathAndQuery) Cut(string rest)
    {
        var end = rest.AsSpan().IndexOfAny('/', '?');
        if (end < 0)
            return (rest, "/");
        return (rest[..end], rest[end] == '/' ? rest[end..] : $"/{rest[end..]}");
    }

    // Both of Lambda's names mean the environment's own loopback, as these two do.
    private static bool IsInside(string host) =>
        host.ToLowerInvariant() is "sandbox.localdomain" or "sandbox" or "localhost" or "127.0.0.1";

    private static bool IsPort(int number) => number is > IPEndPoint.MinPort and <= IPEndPoint.MaxPort;

    private bool IsFree(int port)
    {
        if (port != ReservedPort && port != apiPort)
            return true;
        faults.Add(FormattableString.Invariant($"port {port} is taken"));
        return false;
    }

    private Destination? Refuse(string fault)
    {
        faults.Add(fault);
        return null;
    }
}
