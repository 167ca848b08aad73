namespace Thaw.Sandboxing;

public enum OutputStream
{
    Stdout,
    Stderr,
}
