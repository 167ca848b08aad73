using Thaw.Lifecycle;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>A caller that only counts what it receives.</summary>
public sealed class CountedResponse : IInvocationResponse
{
    public long Bytes { get; private set; }

    public string? ErrorType { get; private set; }

    public void Begin(string? contentType)
    {
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        Bytes += bytes.Length;
        return ValueTask.CompletedTask;
    }

    public void Complete()
    {
    }

    public void Fail(InvocationError error) => ErrorType = error.ErrorType.Name;
}
