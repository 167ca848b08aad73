namespace Thaw.DotnetRuntime;

/// <summary>
/// Between init and the first invocation of a SnapStart function; spec: 7.2. The function registers its hooks with
/// Amazon.Lambda.Core.SnapshotRestore, which hands them out.
/// </summary>
internal static class Snapshots
{
    public static bool AreTaken { get; } = Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start";

    /// <summary>False when a hook has failed and the platform knows it.</summary>
    public static bool AwaitRestore(RuntimeApi api, Handler handler, Log log)
    {
        List<Action> seeds;
        try
        {
            // The hook registered last runs first.
            foreach (var hook in Hooks("CopyBeforeSnapshotCallbacksToRegistry").AsEnumerable().Reverse())
                hook().AsTask().GetAwaiter().GetResult();
            seeds = Uniqueness.Prepare();
            Rehearsal.Hold(handler);

            // Each page that is garbage would be written once and read by each clone.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            api.RestoreNext();
        }
        catch (Exception error) when (error is not RuntimeApiException)
        {
            log.Write(error);
            api.FailInit(error, "Runtime.BeforeSnapshotError");
            return false;
        }

        try
        {
            foreach (var seed in seeds)
                seed();
            foreach (var hook in Hooks("CopyAfterRestoreCallbacksToRegistry"))
                hook().AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception error)
        {
            log.Write(error);
            api.FailRestore(error, "Runtime.AfterRestoreError");
            return false;
        }
    }

    private static List<Func<ValueTask>> Hooks(string method)
    {
        var hooks = new List<Func<ValueTask>>();
        LambdaCore.Method("SnapshotRestore", method)?.Invoke(null, [(Action<Func<ValueTask>>)hooks.Add]);
        return hooks;
    }
}
