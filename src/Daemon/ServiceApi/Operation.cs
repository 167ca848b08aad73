using Microsoft.AspNetCore.Http;

namespace Thaw.Daemon.ServiceApi;

/// <summary>One operation of the service: where it is, how it succeeds, and what does it; spec (service) 2.</summary>
/// <param name="Name">As AWS's clients call it.</param>
/// <param name="Method">GET and its like.</param>
/// <param name="Path">With <c>{Member}</c> for the segments that are members of the request.</param>
/// <param name="Status">Of a success.</param>
/// <param name="RunAsync">Throws <see cref="LambdaException"/> to refuse.</param>
internal sealed record Operation(string Name, string Method, string Path, int Status, Func<ServiceCall, Task<ServiceAnswer>> RunAsync)
{
    /// <summary>Of operations that carry no code, in bytes; far more than any of them needs.</summary>
    private const int UsualBodyBytes = 1024 * 1024;

    private readonly string[] segments = Path.Split('/');

    /// <summary>What the query must say for this to be meant: <c>find=LayerVersion</c>; null for nothing.</summary>
    public (string Name, string Value)? Query { get; init; }

    public int MaxBodyBytes { get; init; } = UsualBodyBytes;

    /// <summary>The members that a path carries; null when it is another operation's.</summary>
    /// <param name="asked">The path's segments, decoded.</param>
    public Dictionary<string, string>? Match(string method, string[] asked, IQueryCollection query)
    {
        if (method != Method || asked.Length != segments.Length || (Query is { } wanted && query[wanted.Name] != wanted.Value))
            return null;
        var members = new Dictionary<string, string>();
        for (var at = 0; at < asked.Length; at++)
        {
            if (segments[at] is ['{', .. var member, '}'] && asked[at].Length > 0)
                members[member] = asked[at];
            else if (segments[at] != asked[at])
                return null;
        }

        return members;
    }
}
