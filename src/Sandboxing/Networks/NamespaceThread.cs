using System.Runtime.ExceptionServices;

namespace Thaw.Sandboxing.Networks;

/// <summary>A thread that may move to another namespace: nobody else will ever run on it.</summary>
internal static class NamespaceThread
{
    internal static T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception any)
            {
                failure = ExceptionDispatchInfo.Capture(any);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
