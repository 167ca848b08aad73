namespace Thaw.Sandboxing;

public enum OutputStream
{
    Stdout,
    Stderr,

    /// <summary>The pipe of <see cref="ProcessStart.ExtraOutput"/>.</summary>
    Extra,
}
