namespace Thaw.Contracts;

/// <summary>Lines that a participant wrote, without their last newline; telemetry's <c>function</c> and <c>extension</c> records.</summary>
/// <param name="Text">
/// The bytes as written, a newline between two lines; each line has at most <see cref="Limits.LogLineBytes"/>. They are lent: who needs
/// them after <see cref="ILifecycleEvents.Emit"/> has returned takes a <see cref="Copy"/>.
/// </param>
public sealed record OutputLines(string Participant, ReadOnlyMemory<byte> Text) : LifecycleEvent
{
    public OutputLines Copy() => this with { Text = Text.ToArray() };

    /// <summary>Goes through the lines; even an empty text is one.</summary>
    public Enumerator GetEnumerator() => new(Text.Span);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> rest;
        private bool hasEnded;

        internal Enumerator(ReadOnlySpan<byte> text) => rest = text;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (hasEnded)
                return false;
            var newline = rest.IndexOf((byte)'\n');
            hasEnded = newline < 0;
            Current = hasEnded ? rest : rest[..newline];
            rest = hasEnded ? default : rest[(newline + 1)..];
            return true;
        }
    }
}
