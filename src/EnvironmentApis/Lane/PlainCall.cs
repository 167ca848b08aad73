using Thaw.Contracts;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>A call that comes through the lane. A connection needs one in its life.</summary>
internal sealed class PlainCall(IParticipantConnection connection, PlainInput input, PlainOutput output) : ApiCall
{
    private readonly PlainBody body = new(input);
    private readonly List<(string Name, string Line)> headers = [];
    private PlainRequest request;
    private bool hasAnswered;

    public override RequestBody Body => body;

    /// <summary>Whose invocation a response is for.</summary>
    public RequestId RequestId => new(request.IdIn(Head));

    public override string Target => request.Target switch
    {
        PlainTarget.Next => "next",
        PlainTarget.RestoreNext => "restore/next",
        _ => $"response to {RequestId.Value}",
    };

    public override bool HasAnswered => hasAnswered;

    /// <summary>It asks for what comes next, and nothing has come yet.</summary>
    public bool IsParked => request.Target != PlainTarget.Response && !hasAnswered;

    /// <summary>Its answer was the last one of its connection.</summary>
    public bool EndsConnection => body.IsTruncated || input.IsBroken || output.IsBroken;

    protected override IParticipantConnection Connection => connection;

    private ReadOnlySpan<byte> Head => input.Taken.Span[..request.HeadBytes];

    /// <summary>The next request, which the input has taken.</summary>
    public void Begin(PlainRequest request)
    {
        this.request = request;
        hasAnswered = false;
        body.Begin(request);
        headers.Clear();
    }

    public override string? Header(string name) => PlainHeaders.Find(Head, name);

    public override string? Trailer(string name) => null;

    public override Task AnswerAsync(int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        AddHeader("Content-Type", contentType);
        return input.HasWholeRequest && input.LongBody is null
            ? SendAsync(status, body, isWhole: true)
            : BehindBodyAsync(status, body);
    }

    protected override void SetHeader(string name, string line) => headers.Add((name, line));

    private async Task BehindBodyAsync(int status, ReadOnlyMemory<byte> body) =>
        await SendAsync(status, body, isWhole: await Body.DiscardAsync());

    private Task SendAsync(int status, ReadOnlyMemory<byte> body, bool isWhole)
    {
        hasAnswered = true;
        return output.SendAsync(status, headers, body, closes: !isWhole);
    }
}
