using System.Text.Json;

namespace Thaw.Daemon.ServiceApi;

/// <summary>What an operation answers when it succeeds.</summary>
/// <param name="Write">The members of the body's object; null for no body.</param>
internal readonly record struct ServiceAnswer(Action<Utf8JsonWriter>? Write)
{
    /// <summary>A body without members.</summary>
    public static ServiceAnswer Empty { get; } = new(_ => { });

    public static ServiceAnswer None { get; } = new(null);
}
