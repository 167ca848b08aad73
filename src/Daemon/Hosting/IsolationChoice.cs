namespace Thaw.Daemon.Hosting;

/// <summary>Which kind of sandbox the user wants; <c>Auto</c> takes the strongest that works here.</summary>
public enum IsolationChoice
{
    Auto,
    Namespaces,
    Process,
}
