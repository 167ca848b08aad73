using Thaw.Contracts;

namespace Thaw.Store.Images;

/// <summary>What one image may take when it is unpacked: it counts what is there, and believes no header.</summary>
internal sealed class ImageBudget
{
    /// <summary>Files, folders and links, those that a later layer removes too; ours. Large images have a few hundred thousand.</summary>
    private const int MaxFiles = 1_000_000;

    private readonly long maxBytes;
    private int files;

    /// <param name="maxBytes">Of all layers together, unpacked.</param>
    public ImageBudget(long maxBytes = Limits.ImageBytes) => this.maxBytes = maxBytes;

    public long Bytes { get; private set; }

    public void TakeBytes(long count)
    {
        Bytes += count;
        if (Bytes > maxBytes)
            throw ImageFault.Invalid($"its layers have more than {maxBytes} bytes");
    }

    public void TakeFile()
    {
        if (++files > MaxFiles)
            throw ImageFault.Invalid($"its layers have more than {MaxFiles} files");
    }
}
