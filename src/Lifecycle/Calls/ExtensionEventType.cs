namespace Thaw.Lifecycle.Calls;

public enum ExtensionEventType
{
    Invoke,
    Shutdown,
}

public static class ExtensionEventTypeNames
{
    public static string ToWireName(this ExtensionEventType type) => type == ExtensionEventType.Invoke ? "INVOKE" : "SHUTDOWN";

    /// <summary>Reads a wire name; null when there is no such event.</summary>
    public static ExtensionEventType? Parse(string wireName) => wireName switch
    {
        "INVOKE" => ExtensionEventType.Invoke,
        "SHUTDOWN" => ExtensionEventType.Shutdown,
        _ => null,
    };
}
