namespace Thaw.Contracts;

/// <summary>The id of a request. A caller may repeat one, so it does not name an attempt.</summary>
public readonly record struct RequestId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>The id of one attempt at a request, opaque and never used again; spec: ENV-072.</summary>
public readonly record struct InvocationId(string Value)
{
    public override string ToString() => Value;
}
