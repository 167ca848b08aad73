using System.Diagnostics.CodeAnalysis;

namespace Thaw.Lifecycle.Calls;

/// <summary>The lifecycle's answer to a call: what was asked for, or why not.</summary>
public readonly struct Answer<T>
{
    private readonly T? value;

    private Answer(T? value, Refusal? refusal) => (this.value, Refusal) = (value, refusal);

    public Refusal? Refusal { get; }

    public bool IsRefused([NotNullWhen(true)] out Refusal? refusal, [NotNullWhen(false)] out T? accepted)
    {
        (refusal, accepted) = (Refusal, value);
        return refusal is not null;
    }

    public static implicit operator Answer<T>(T accepted) => new(accepted, null);

    public static implicit operator Answer<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>An extension is registered; it names itself by this identifier from now on.</summary>
public sealed record Registration(Guid Identifier);

/// <summary>An accepted call that has nothing to say.</summary>
public sealed record Accepted
{
    public static Accepted Ok { get; } = new();
}
