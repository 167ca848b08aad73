using Microsoft.AspNetCore.Http;
using Thaw.Lifecycle.Calls;

namespace Thaw.EnvironmentApis;

/// <summary>One request of a participant, and the ways to answer it. A body is always read to its end before the answer goes out.</summary>
/// <remarks>Handlers see no more than this, and so serve what comes through Kestrel and what comes through the lane alike.</remarks>
internal abstract class ApiCall
{
    private static readonly byte[] Ok = "{\"status\":\"OK\"}\n"u8.ToArray();

    public abstract RequestBody Body { get; }

    public EnvironmentDescriptor Environment => Connection.Endpoint.Environment;

    /// <summary>What this client may ask of its environment.</summary>
    public ParticipantCalls Participant => Connection.Calls;

    public CancellationToken HungUp => Connection.HungUp;

    public string? ContentType => Header("Content-Type");

    /// <summary>For log lines.</summary>
    public abstract string Target { get; }

    public abstract bool HasAnswered { get; }

    protected abstract IParticipantConnection Connection { get; }

    /// <summary>The first value of a request header; null when it is absent or empty.</summary>
    public abstract string? Header(string name);

    /// <summary>The same of a trailer; only after the body has been read.</summary>
    public abstract string? Trailer(string name);

    /// <summary>Reads a body that no earlier call has announced; see <see cref="EnvironmentEndpoint.OneBody"/>.</summary>
    public async Task<Answer<ReadOnlyMemory<byte>>> ReadUnannouncedBodyAsync(int maxBytes)
    {
        var one = Connection.Endpoint.OneBody;
        await one.WaitAsync();
        try
        {
            return await Body.ReadToEndAsync(maxBytes);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Adds a header to the answer, unless it has nothing to say; spec 2.2.</summary>
    public void AddHeader(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            SetHeader(name, HeaderText.OneLine(value));
    }

    public Task AnswerAsync(Answer<Accepted> answer) => answer.IsRefused(out var refusal, out _) ? RefuseAsync(refusal) : AcceptAsync();

    /// <summary>What every accepted post gets; spec: ENV-054.</summary>
    public Task AcceptAsync() => AnswerAsync(StatusCodes.Status202Accepted, "application/json", Ok);

    public Task RefuseAsync(Refusal refusal) => AnswerAsync(ApiRefusal.StatusOf(refusal), "application/json", ApiRefusal.Render(refusal));

    /// <summary>An answer that is only a status.</summary>
    public Task AnswerAsync(int status) => AnswerAsync(status, null, ReadOnlyMemory<byte>.Empty);

    public abstract Task AnswerAsync(int status, string? contentType, ReadOnlyMemory<byte> body);

    /// <summary>Ends the connection: there is nobody to answer. Not by way of Kestrel, which would log each client that hangs up.</summary>
    public void Abort() => Connection.Abort();

    protected abstract void SetHeader(string name, string line);
}
