namespace PlainFunction;

/// <summary>A handler that knows nothing of Lambda.</summary>
public sealed class Greeter
{
    private int calls;

    public Greeting Greet(Person person) => new($"Hello, {person.Name}!", ++calls);

    public sealed record Person(string Name);

    public sealed record Greeting(string Message, int Call);
}
