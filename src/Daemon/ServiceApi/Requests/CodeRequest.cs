using Thaw.Contracts;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>The code that a request brings, checked and kept.</summary>
internal static class CodeRequest
{
    /// <summary>Refuses what names no code, or names it by other means than a zip.</summary>
    public static byte[] Zip(Members code)
    {
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

    /// <summary>The code of a function, of its package type: a zip's is kept, an image's is found; spec (service) 4.2, 17.</summary>
    /// <param name="settings">As they will be.</param>
    /// <param name="doing">What the caller does to the function: creating or updating.</param>
    public static async Task<IHeldCode> AddAsync(ICodeArchive archive, Members code, FunctionSettings settings, string doing)
    {
        var uri = code.Text("ImageUri");
        if (!settings.IsImage)
        {
            return uri is null
                ? await AddAsync(archive, Zip(code), code.Text("SourceKMSKeyArn"))
                : throw LambdaException.InvalidParameterValue(
                    $"Please do not provide ImageUri when {doing} a function with packageType Zip.");
        }

        if (uri is null || code.Has("ZipFile") || code.Has("S3Bucket") || code.Has("S3Key"))
        {
            throw LambdaException.InvalidParameterValue(
                $"Please provide ImageUri, and nothing else, when {doing} a function with packageType Image.");
        }

        return await RefusedAsync(() => archive.AddImageAsync(uri, settings.Architectures[0]));
    }

    /// <summary>Keeps it as long as the answer is not disposed of.</summary>
    public static async Task<IHeldCode> AddAsync(ICodeArchive archive, byte[] zip, string? kmsKeyArn)
    {
        var held = await RefusedAsync(() => archive.AddAsync(zip));
        return kmsKeyArn is null ? held : new Encrypted(held, kmsKeyArn);
    }

    private static async Task<IHeldCode> RefusedAsync(Func<Task<IHeldCode>> add)
    {
        try
        {
            return await add();
        }
        catch (UnusableCodeException unusable)
        {
            throw LambdaException.InvalidParameterValue(unusable.Message);
        }
    }

    private sealed class Encrypted(IHeldCode held, string kmsKeyArn) : IHeldCode
    {
        public CodeReference Code => held.Code with { SourceKmsKeyArn = kmsKeyArn };

        public void Dispose() => held.Dispose();
    }
}
