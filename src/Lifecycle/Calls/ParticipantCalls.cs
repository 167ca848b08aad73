using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle.Calls;

/// <summary>The door through which the processes of one generation reach the lifecycle. Callable from any thread.</summary>
public sealed class ParticipantCalls
{
    internal ParticipantCalls(Generation generation, SerialScheduler scheduler)
    {
        Runtime = new RuntimeCalls(generation, scheduler);
        Extensions = new ExtensionCalls(generation, scheduler);
    }

    public RuntimeCalls Runtime { get; }

    public ExtensionCalls Extensions { get; }
}
