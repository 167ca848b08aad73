namespace Amazon.Lambda.Core;

public static class SnapshotRestore
{
    private static readonly Queue<Func<ValueTask>> BeforeSnapshot = new(), AfterRestore = new();

    public static void RegisterBeforeSnapshot(Func<ValueTask> hook) => BeforeSnapshot.Enqueue(hook);

    public static void RegisterAfterRestore(Func<ValueTask> hook) => AfterRestore.Enqueue(hook);

    internal static void CopyBeforeSnapshotCallbacksToRegistry(Action<Func<ValueTask>> register) => Copy(BeforeSnapshot, register);

    internal static void CopyAfterRestoreCallbacksToRegistry(Action<Func<ValueTask>> register) => Copy(AfterRestore, register);

    private static void Copy(Queue<Func<ValueTask>> hooks, Action<Func<ValueTask>> register)
    {
        while (hooks.TryDequeue(out var hook))
            register(hook);
    }
}
