using System.Buffers;
using Thaw.Contracts;
using Thaw.EnvironmentApis.Sockets;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>The body of a request, read once, from front to end.</summary>
internal abstract class RequestBody
{
    /// <summary>It broke off: fewer bytes than announced, or chunks that are none; spec 2.4.</summary>
    public bool IsTruncated { get; protected set; }

    protected abstract long? AnnouncedBytes { get; }

    /// <summary>The next bytes, as they come; they are valid until the next call. Empty at the end, be it a good or an early one.</summary>
    public abstract ValueTask<ReadOnlySequence<byte>> ReadAsync();

    /// <summary>The whole body, in memory that the caller may keep, or the refusal of one that is too long or breaks off.</summary>
    public virtual async ValueTask<Answer<ReadOnlyMemory<byte>>> ReadToEndAsync(int maxBytes)
    {
        if (AnnouncedBytes > maxBytes)
            return ApiRefusal.TooLarge(maxBytes);

        var whole = new WholePayload(AnnouncedBytes);
        for (var part = await ReadAsync(); !part.IsEmpty; part = await ReadAsync())
        {
            if (whole.Length + part.Length > maxBytes)
                return ApiRefusal.TooLarge(maxBytes);
            whole.Append(part);
        }

        return IsTruncated ? ApiRefusal.Truncated : whole.Memory;
    }

    /// <summary>Reads and forgets the rest: many clients cannot take an answer before they have written everything; spec 2.8.</summary>
    /// <returns>Whether the connection can be used again.</returns>
    public virtual async ValueTask<bool> DiscardAsync()
    {
        var bytes = 0L;
        for (var part = await ReadAsync(); !part.IsEmpty; part = await ReadAsync())
        {
            bytes += part.Length;
            if (bytes > Limits.DiscardedBodyBytes)
                return false;
        }

        return !IsTruncated;
    }
}
