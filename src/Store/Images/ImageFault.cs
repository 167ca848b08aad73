using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>Why an image cannot be used, in the codes of AWS's states; the text is for who deployed it. Spec (service) 4.4, 17.</summary>
internal static class ImageFault
{
    /// <summary>What is there is no image, or one that must not be unpacked.</summary>
    public static UnusableCodeException Invalid(string reason) => Of("InvalidImage", $"Invalid image: {reason}.");

    public static UnusableCodeException Denied(string path) =>
        Of("ImageAccessDenied", $"Lambda does not have permission to access the image: the daemon may not read {path}.");

    /// <summary>What was there is gone.</summary>
    public static UnusableCodeException Deleted(string what) =>
        Of("ImageDeleted", $"Source image {what} does not exist. Provide a valid source image.");

    /// <param name="folder">Of all images.</param>
    public static UnusableCodeException NoRoom(string folder, Exception failure) => Of("InternalError",
        failure.HResult is Linux.Errno.ENOSPC or Linux.Errno.EDQUOT
            ? $"The image cannot be unpacked in {folder}: there is no room left. Make room, and deploy it again."
            : $"The image cannot be unpacked in {folder}: {failure.Message.TrimEnd('.')}. Mend that, and deploy it again.");

    private static UnusableCodeException Of(string code, string message) => new(message) { ReasonCode = code };
}
