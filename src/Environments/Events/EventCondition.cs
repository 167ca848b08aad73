namespace Thaw.Environments.Events;

/// <summary>Why an event has come to its end; the names are those of the destination record, spec (service) 10.3.</summary>
public enum EventCondition
{
    Success,
    RetriesExhausted,
    EventAgeExceeded,
    ZeroReservedConcurrency,
}
