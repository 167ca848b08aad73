using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Thaw.Daemon.ServiceApi.FunctionResources;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.ServiceApi.Policies;

/// <summary>A resource policy: statements that come and go one by one. They are kept and shown, not judged by; spec (service) 7.</summary>
internal static class Policy
{
    private const int MaxBytes = 20 * 1024;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON text of an object.</summary>
    public static string Text(Action<Utf8JsonWriter> members)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Writing))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>Adds a statement to the policy of a resource, which may have none yet.</summary>
    /// <exception cref="LambdaException">Its id is taken, or the policy becomes too long.</exception>
    public static void Add(IStoreWriter view, RecordKey resource, PolicyStatement statement, string newRevision)
    {
        var policy = view.Find(Tables.Policies, resource)
            ?? new PolicyRecord { Resource = resource.Partition, Qualifier = resource.Name, RevisionId = newRevision, Statements = [] };
        if (policy.Statements.Any(one => one.Sid == statement.Sid))
        {
            throw LambdaException.Conflict(
                $"The statement id ({statement.Sid}) provided already exists. "
                + "Please provide a new statement id, or remove the existing statement.");
        }

        policy = policy with { RevisionId = newRevision, Statements = [.. policy.Statements, statement] };
        if (Encoding.UTF8.GetByteCount(Document(policy)) is > MaxBytes and var bytes)
        {
            throw new LambdaException(new LambdaError(400, "PolicyLengthExceededException",
                $"The final policy size ({bytes}) is bigger than the limit ({MaxBytes})."));
        }

        view.Put(Tables.Policies, policy);
    }

    /// <exception cref="LambdaException">There is no such statement.</exception>
    public static void Remove(IStoreWriter view, RecordKey resource, string sid, string newRevision)
    {
        var policy = Find(view, resource);
        PolicyStatement[] left = [.. policy.Statements.Where(one => one.Sid != sid)];
        if (left.Length == policy.Statements.Count)
            throw LambdaException.NotFound($"Statement {sid} is not found in resource policy.");
        if (left.Length == 0)
            view.Remove(Tables.Policies, resource);
        else
            view.Put(Tables.Policies, policy with { RevisionId = newRevision, Statements = left });
    }

    /// <exception cref="LambdaException">There is none.</exception>
    public static PolicyRecord Find(IStoreReader view, RecordKey resource) =>
        view.Find(Tables.Policies, resource) ?? throw LambdaException.NotFound("The resource you requested does not exist.");

    /// <param name="now">Of the resource; the policy's own will do as well.</param>
    public static void MustBeRevision(IStoreReader view, RecordKey resource, string? asked, string? now)
    {
        var ofPolicy = view.Find(Tables.Policies, resource)?.RevisionId;
        if (asked != ofPolicy && now is not null)
            FunctionView.MustBeRevision(asked, now);
        else if (asked is not null && asked != ofPolicy)
            throw new LambdaException(LambdaError.StaleRevision());
    }

    public static ServiceAnswer Answer(PolicyRecord policy) => new(json =>
    {
        json.WriteString("Policy", Document(policy));
        json.WriteString("RevisionId", policy.RevisionId);
    });

    private static string Document(PolicyRecord policy) => Text(json =>
    {
        json.WriteString("Version", "2012-10-17");
        json.WriteString("Id", "default");
        json.WriteStartArray("Statement");
        foreach (var statement in policy.Statements)
            json.WriteRawValue(statement.Json);
        json.WriteEndArray();
    });
}
