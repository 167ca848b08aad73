using Thaw.Contracts;

namespace Thaw.Cli.Run;

/// <summary>What comes out of a run, in the order in which it happens.</summary>
public abstract record RunOutput
{
    private RunOutput()
    {
    }

    /// <summary>What runs is known, with all that its files say of it.</summary>
    public sealed record Begun(FunctionConfiguration Function) : RunOutput;

    /// <summary>An environment of several begins: all that follows is of it, until the next one.</summary>
    public sealed record Begins(string Environment) : RunOutput;

    /// <summary>The lifecycle took a step.</summary>
    public sealed record Happened(LifecycleEvent Event) : RunOutput;

    /// <summary>A line of the function's log. <paramref name="Source"/> is <c>platform</c>, <c>function</c> or an extension's
    /// name.</summary>
    public sealed record LogLine(DateTimeOffset Time, string Source, string Text) : RunOutput;

    /// <summary>One invoke's answer; <paramref name="FunctionError"/> is the value of <c>X-Amz-Function-Error</c>, null for a
    /// success.</summary>
    public sealed record Answer(DateTimeOffset Time, RequestId RequestId, ReadOnlyMemory<byte> Body, string? FunctionError) : RunOutput;

    /// <summary>Something the user should know, such as a weaker isolation than asked for.</summary>
    public sealed record Notice(string Text) : RunOutput;

    /// <summary>The function cannot be run at all; the text names the fix. Nothing follows.</summary>
    public sealed record Impossible(string Problem) : RunOutput;
}
