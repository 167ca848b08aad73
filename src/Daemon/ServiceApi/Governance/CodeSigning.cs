using Thaw.Store;

namespace Thaw.Daemon.ServiceApi.Governance;

/// <summary>Code signing configurations. They are kept and shown: no signature is checked; spec (service) 7.</summary>
internal static class CodeSigning
{
    /// <exception cref="LambdaException">There is no such configuration.</exception>
    public static void MustExist(IStoreReader view, string? arn)
    {
        if (arn is not null && view.Find(Tables.CodeSigningConfigs, new RecordKey("", arn[(arn.LastIndexOf(':') + 1)..])) is null)
        {
            throw new LambdaException(new LambdaError(404, "CodeSigningConfigNotFoundException",
                $"The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."));
        }
    }
}
