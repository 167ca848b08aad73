using Amazon.Lambda.Core;

namespace LibraryFunction;

public sealed class FailingHooks
{
    public FailingHooks()
    {
        if (Environment.GetEnvironmentVariable("_HANDLER")!.EndsWith(nameof(BeforeSnapshot), StringComparison.Ordinal))
            SnapshotRestore.RegisterBeforeSnapshot(() => throw new NotSupportedException("boom"));
        else
            SnapshotRestore.RegisterAfterRestore(() => throw new NotSupportedException("boom"));
    }

    public Stream BeforeSnapshot(Stream input) => input;

    public Stream AfterRestore(Stream input) => input;
}
