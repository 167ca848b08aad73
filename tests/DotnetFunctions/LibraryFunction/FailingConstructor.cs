namespace LibraryFunction;

public sealed class FailingConstructor
{
    public FailingConstructor() => throw new NotSupportedException("no such thing");

    public Stream Handle(Stream input) => input;
}
