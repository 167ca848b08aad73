using Microsoft.AspNetCore.Http;
using Thaw.Daemon.InvokeApi;
using Thaw.Daemon.ServiceApi.Requests;

namespace Thaw.Daemon.ServiceApi;

/// <summary>One call of an operation: all that its caller said.</summary>
/// <param name="path">The members in the path, decoded.</param>
/// <param name="body">The members of the body.</param>
internal sealed class ServiceCall(
    IReadOnlyDictionary<string, string> path, IQueryCollection query, Members body, Violations violations, Uri server)
{
    public Members Body => body;

    public Violations Violations => violations;

    /// <summary>How the caller reaches this server.</summary>
    public Uri Server => server;

    public string Path(string member) => path[member];

    /// <summary>Null when the query does not say it, or says nothing.</summary>
    public string? Query(string name) => query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>All that the query says under one name.</summary>
    public IReadOnlyList<string> QueryAll(string name) => [.. query[name].OfType<string>()];

    /// <summary>The function that the path names, and its version or alias, if path or query name one.</summary>
    public InvokeTarget Function()
    {
        var (target, error) = InvokeTarget.Read(Path("FunctionName"), InvokeTarget.AskedBy(query));
        return target ?? throw new LambdaException(error!);
    }

    /// <summary>The function that the path names, for operations that are about all of its versions.</summary>
    public string UnqualifiedFunction() => Unqualified("This operation is about a function and all of its versions");

    /// <summary>The function that the path names, for operations that alter <c>$LATEST</c>: nobody names it; spec (service) 3.2.</summary>
    public string LatestFunction() => Unqualified("Only $LATEST can be changed, and published from");

    /// <summary>Refuses with all that is wrong so far.</summary>
    public void MustBeValid() => violations.Throw();

    private string Unqualified(string why)
    {
        var (target, error) = InvokeTarget.Read(Path("FunctionName"), asked: null);
        if (target is null)
            throw new LambdaException(error!);
        return target.Qualifier is null
            ? target.Function
            : throw LambdaException.InvalidParameterValue($"{why}: leave ':{target.Qualifier}' away.");
    }
}
