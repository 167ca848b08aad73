namespace Thaw.Daemon.ServiceApi;

/// <summary>An operation refuses: nothing has changed, and its caller gets the error.</summary>
internal sealed class LambdaException(LambdaError error) : Exception(error.Text)
{
    public LambdaError Error => error;

    public static LambdaException InvalidParameterValue(string text) => new(LambdaError.InvalidParameterValue(text));

    public static LambdaException Conflict(string text) => new(LambdaError.Conflict(text));

    public static LambdaException NotFound(string text) => new(LambdaError.ResourceNotFound(text));

    /// <param name="arn">As the caller named it.</param>
    public static LambdaException NoFunction(string arn) => new(LambdaError.NotFound(arn));
}
