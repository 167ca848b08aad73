namespace Thaw.Lifecycle.Calls;

/// <summary>Why a call of a runtime or an extension is refused, in AWS's words; the API adds the HTTP status. Spec 2.4, 3.1-3.4.</summary>
public sealed record Refusal(string ErrorType, string ErrorMessage)
{
    public static Refusal InvalidRequestId { get; } = new("InvalidRequestID", "Invalid request ID");

    public static Refusal InvokeTimeout { get; } = new("InvokeTimeout", "Invoke timeout");

    public static Refusal InvalidResponseMode { get; } = new("InvalidFunctionResponseMode", "Invalid function response mode");

    public static Refusal RegistrationClosed { get; } = new("Extension.RegistrationClosed", "Extension registration closed already");

    public static Refusal TooManyExtensions { get; } =
        new("Extension.TooManyExtensions", $"Extension limit ({Contracts.Limits.Extensions}) reached");

    public static Refusal NameTaken { get; } = new("Extension.InvalidExtensionState", "Extension with this name already registered");

    public static Refusal UnknownEvent(string name) => new("Extension.InvalidEventType", $"{name}: ErrorInvalidEventType");

    public static Refusal ShutdownForInternalExtension { get; } =
        new("Extension.InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension");

    public static Refusal UnknownExtension(Guid identifier) =>
        new("Extension.UnknownExtensionIdentifier", $"Unknown extension {identifier}");

    /// <summary>The same fault as <see cref="UnknownExtension"/>, as init/error and exit/error word it.</summary>
    public static Refusal UnknownReporter { get; } = new("Extension.UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier");

    /// <summary>Init is over; spec: ENV-090.</summary>
    public static Refusal SubscriptionClosed(bool logsApi)
    {
        var api = logsApi ? "Logs" : "Telemetry";
        return new Refusal($"{api}.SubscriptionClosed", $"{api} API subscription is closed already");
    }

    public static Refusal InvalidSubscription(string why, bool logsApi) => new(logsApi ? "Logs.ValidationError" : "ValidationError", why);

    /// <summary>One extension may use either API; spec: ENV-107.</summary>
    /// <param name="logsApi">The one that it asks now, having subscribed to the other.</param>
    public static Refusal OtherApiUsed(string name, bool logsApi) =>
        InvalidSubscription($"{name} is subscribed to the {(logsApi ? "Telemetry" : "Logs")} API already", logsApi);

    public static Refusal RuntimeTransition(object from, object to) => Transition("InvalidStateTransition", from, to, "runtime");

    /// <param name="who">The extension's name when registering, its identifier in every other call.</param>
    public static Refusal ExtensionTransition(object from, object to, string who) =>
        Transition("Extension.InvalidExtensionState", from, to, $"extension {who}");

    private static Refusal Transition(string type, object from, object to, string who) =>
        new(type, $"State transition from {from} to {to} failed for {who}. Error: State transition is not allowed");
}
