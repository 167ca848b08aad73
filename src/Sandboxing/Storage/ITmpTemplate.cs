namespace Thaw.Sandboxing.Storage;

/// <summary>What images of one size are copied from.</summary>
internal interface ITmpTemplate : IDisposable
{
    /// <summary>Takes milliseconds. May be called by many at a time.</summary>
    /// <exception cref="SandboxException">It cannot be done here and now.</exception>
    /// <exception cref="ObjectDisposedException">This is disposed of already.</exception>
    TmpImage Copy();
}
