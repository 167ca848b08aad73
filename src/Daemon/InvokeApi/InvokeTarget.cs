using Microsoft.AspNetCore.Http;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Daemon.ServiceApi;

namespace Thaw.Daemon.InvokeApi;

/// <summary>What an Invoke is for: the function that its path names, and the version, which path or query name; spec (service) 3.</summary>
/// <param name="Function">The bare name.</param>
/// <param name="Qualifier">A version or an alias; null when the caller named none.</param>
internal sealed record InvokeTarget(string Function, string? Qualifier)
{
    private static readonly string NamePattern =
        $"{FunctionName.Pattern}, and its name has at most {FunctionName.MaxBareLength} characters";

    /// <summary>As the caller named it: with the qualifier, if there was one. Region and account are ours, whatever it said.</summary>
    public string Arn => FunctionConfiguration.LocalArn(Function) + (Qualifier is null ? "" : $":{Qualifier}");

    public bool IsLatest => Qualifier is null or FunctionConfiguration.Latest;

    /// <summary>The qualifier that a query names. One that is empty is wrong, and does not mean the function as a whole.</summary>
    public static string? AskedBy(IQueryCollection query) => query["Qualifier"] is [{ } qualifier, ..] ? qualifier : null;

    public static (InvokeTarget? Target, LambdaError? Error) Read(string function, string? asked)
    {
        // Kestrel decodes everything but the slash.
        var text = function.Contains('%', StringComparison.Ordinal)
            ? function.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : function;
        if (FunctionName.Parse(text) is not { } name)
            return (null, FunctionName.IsLongBareName(text) ? LambdaError.NameTooLong(text) : NoMatch("functionName", text, NamePattern));

        var qualifier = asked ?? name.Qualifier;
        if (qualifier is not null && !FunctionName.IsQualifier(qualifier))
            return (null, NoMatch("qualifier", qualifier, FunctionName.QualifierPattern));
        if (name.Qualifier is not null && name.Qualifier != qualifier)
        {
            return (null, LambdaError.InvalidParameterValue(
                "The derived qualifier from the function name does not match the specified qualifier."));
        }

        return (new InvokeTarget(name.Name, qualifier), null);
    }

    private static LambdaError NoMatch(string member, string value, string pattern) =>
        LambdaError.Constraint(member, value, $"Member must satisfy regular expression pattern: {pattern}");
}
