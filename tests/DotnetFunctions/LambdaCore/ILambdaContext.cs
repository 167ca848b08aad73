namespace Amazon.Lambda.Core;

public interface ILambdaContext
{
    string AwsRequestId { get; }

    string FunctionName { get; }

    string FunctionVersion { get; }

    string InvokedFunctionArn { get; }

    string LogGroupName { get; }

    string LogStreamName { get; }

    int MemoryLimitInMB { get; }

    TimeSpan RemainingTime { get; }

    IClientContext ClientContext { get; }

    ICognitoIdentity Identity { get; }

    ILambdaLogger Logger { get; }

    /// <summary>A member that our client does not know: newer versions have such.</summary>
    int AddedLater => 1;
}
