using Thaw.Contracts;
using Thaw.Store.Archive;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>The code that a request brings, checked and kept.</summary>
internal static class CodeRequest
{
    /// <summary>Refuses what names no code, or names it by other means than a zip.</summary>
    public static byte[] Zip(Members code)
    {
        if (code.Has("ImageUri"))
        {
            throw LambdaException.InvalidParameterValue(
                "This version of Thaw runs no container images: pack the function as a zip and send it as ZipFile.");
        }

        if (code.Has("S3Bucket") || code.Has("S3Key") || code.Has("S3ObjectVersion"))
        {
            throw LambdaException.InvalidParameterValue(
                "Thaw reads no S3 buckets: send the zip itself, as ZipFile; of the AWS CLI that is --zip-file fileb://function.zip.");
        }

        var zip = code.Blob("ZipFile")
            ?? throw LambdaException.InvalidParameterValue("Please provide a source for function code: a zip, as ZipFile.");
        return zip.Length switch
        {
            0 => throw LambdaException.InvalidParameterValue("Uploaded file must be a non-empty zip"),
            > Limits.UploadedZipBytes => throw new LambdaException(LambdaError.RequestEntityTooLarge(
                $"Zipped size must be smaller than {Limits.UploadedZipBytes} bytes")),
            _ => zip,
        };
    }

    /// <summary>Keeps it as long as the answer is not disposed of.</summary>
    public static async Task<IHeldCode> AddAsync(ICodeArchive archive, byte[] zip, string? kmsKeyArn)
    {
        try
        {
            var held = await archive.AddAsync(zip);
            return kmsKeyArn is null ? held : new Encrypted(held, kmsKeyArn);
        }
        catch (UnusableCodeException unusable)
        {
            throw LambdaException.InvalidParameterValue(unusable.Message);
        }
    }

    private sealed class Encrypted(IHeldCode held, string kmsKeyArn) : IHeldCode
    {
        public Store.Records.CodeReference Code => held.Code with { SourceKmsKeyArn = kmsKeyArn };

        public void Dispose() => held.Dispose();
    }
}
