using System.Globalization;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>What a request breaks of its model's constraints: the caller hears all of it at once; spec (service) 4.2.</summary>
internal sealed class Violations
{
    private readonly List<string> all = [];

    /// <param name="value">Null for a member that is missing.</param>
    /// <param name="member">Its path, from the request's top.</param>
    /// <param name="constraint">From <c>Member must</c> on.</param>
    public void Add(object? value, string member, string constraint)
    {
        var shown = value is null ? "null" : string.Create(CultureInfo.InvariantCulture, $"'{value}'");
        all.Add($"Value {shown} at '{member}' failed to satisfy constraint: {constraint}");
    }

    /// <summary>Notes what a text breaks.</summary>
    public void Check(string text, string member, Constraint constraint)
    {
        foreach (var broken in constraint.BrokenBy(text))
            Add(text, member, broken);
    }

    /// <exception cref="LambdaException">There are some.</exception>
    public void Throw()
    {
        if (all.Count == 0)
            return;
        var detected = all.Count == 1 ? "1 validation error" : $"{all.Count} validation errors";
        throw new LambdaException(LambdaError.Validation($"{detected} detected: {string.Join("; ", all)}"));
    }
}
