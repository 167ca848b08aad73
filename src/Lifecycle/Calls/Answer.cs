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
