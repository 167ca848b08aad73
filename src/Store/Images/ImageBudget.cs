using Thaw.Contracts;

namespace Thaw.Store.Images;

/// <summary>What one image may take when it is unpacked: it counts what is there, and believes no header.</summary>
internal sealed class ImageBudget
{
    /// <summary>Files, folders and links, those that a later layer removes too; ours. Large images have a few hundred thousand.</summary>
    private const int MaxFiles = 1_000_000;

    /// <summary>The names of all these together: they are in memory meanwhile. Large images have some tens of millions.</summary>
    private const long MaxLetters = 64_000_000;

    /// <summary>Names looked at on the way to all these, twenty for each file: a minute's work.</summary>
    private const int MaxSteps = 20_000_000;

    private readonly long maxBytes, maxLetters;
    private readonly int maxSteps;
    private long packedBytes, letters;
    private int files, steps;

    /// <param name="maxBytes">Of all layers together, unpacked.</param>
    public ImageBudget(long maxBytes = Limits.ImageBytes, long maxLetters = MaxLetters, int maxSteps = MaxSteps) =>
        (this.maxBytes, this.maxLetters, this.maxSteps) = (maxBytes, maxLetters, maxSteps);

    public long Bytes { get; private set; }

    public void TakeBytes(long count)
    {
        Bytes += count;
        if (Bytes > maxBytes)
            throw ImageFault.Invalid($"its layers have more than {maxBytes} bytes");
    }

    /// <summary>Many packed bytes can hold none.</summary>
    public void TakePackedBytes(long count)
    {
        packedBytes += count;
        if (packedBytes > maxBytes)
            throw ImageFault.Invalid($"its layers have more than {maxBytes} bytes, packed");
    }

    /// <param name="nameLetters">Of its path.</param>
    public void TakeFile(int nameLetters)
    {
        letters += nameLetters;
        if (++files > MaxFiles || letters > maxLetters)
            throw ImageFault.Invalid($"its layers have more than {MaxFiles} files, or their names more than {maxLetters} letters");
    }

    public void TakeStep()
    {
        if (++steps > maxSteps)
            throw ImageFault.Invalid("its files lie behind too many links, or too deep");
    }
}
