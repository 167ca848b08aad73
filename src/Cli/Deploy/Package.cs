using System.Security.Cryptography;
using System.Text.Json;
using Thaw.Contracts;
using Thaw.Daemon.Functions;

namespace Thaw.Cli.Deploy;

/// <summary>A zip that is to be uploaded.</summary>
/// <param name="Sha256">As the service shows it.</param>
/// <param name="Contents">What is in it, for people.</param>
internal sealed record Package(byte[] Zip, string Sha256, string Contents) : IFunctionCode
{
    public string PackageType => "Zip";

    /// <summary>As long as AWS's own waiters.</summary>
    public TimeSpan Patience => TimeSpan.FromMinutes(5);

    public bool IsIn(JsonElement configuration) => configuration.GetProperty("CodeSha256").GetString() == Sha256;

    public void Write(Utf8JsonWriter json) => json.WriteBase64String("ZipFile", Zip);

    /// <summary>Takes a zip as it is; packs a folder.</summary>
    /// <exception cref="UnusableFunctionException">It cannot be read, or is too large.</exception>
    public static Package Of(string path)
    {
        try
        {
            var (zip, files) = Directory.Exists(path) ? FolderZip.Pack(path) : (File.ReadAllBytes(path), 0);
            if (zip.Length > Limits.UploadedZipBytes)
            {
                throw new UnusableFunctionException(
                    $"{path} has {zip.Length} bytes as a zip, and {Limits.UploadedZipBytes} can be uploaded; "
                    + "put what is large into a layer, or leave it out");
            }

            var contents = files switch { 0 => "a zip", 1 => "1 file", _ => $"{files} files" };
            return new(zip, Convert.ToBase64String(SHA256.HashData(zip)), $"{contents}, {zip.Length} bytes");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot pack {path}: {failure.Message}");
        }
    }
}
