namespace Thaw.Daemon.InvokeApi;

/// <summary>Where the operations that invoke are; spec (service) 2.3. Some clients end the path with a slash.</summary>
internal static class InvokePath
{
    private static readonly (InvokeOperation Operation, string Before, string Behind)[] All =
    [
        (InvokeOperation.Invoke, "/2015-03-31/functions/", "/invocations"),
        (InvokeOperation.InvokeWithResponseStream, "/2021-11-15/functions/", "/response-streaming-invocations"),
        (InvokeOperation.InvokeAsync, "/2014-11-13/functions/", "/invoke-async"),
    ];

    /// <summary>The operation and the function that a path names; null for any other path.</summary>
    public static (InvokeOperation Operation, string Function)? Read(string path)
    {
        var whole = path.AsSpan();
        if (whole.EndsWith('/'))
            whole = whole[..^1];
        foreach (var (operation, before, behind) in All)
        {
            if (!whole.StartsWith(before) || !whole.EndsWith(behind) || whole.Length <= before.Length + behind.Length)
                continue;
            var function = whole[before.Length..^behind.Length];
            return function.Contains('/') ? null : (operation, function.ToString());
        }

        return null;
    }
}
