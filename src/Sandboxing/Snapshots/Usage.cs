namespace Thaw.Sandboxing.Snapshots;

/// <summary>What a file takes up.</summary>
internal static class Usage
{
    /// <summary>Its bytes without holes; 0 when it is not there.</summary>
    internal static long Of(string path)
    {
        if (!File.Exists(path))
            return 0;
        using var file = File.OpenHandle(path);
        return Content.Of(file, RandomAccess.GetLength(file)).Sum(piece => piece.End - piece.Start);
    }
}
