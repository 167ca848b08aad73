namespace Thaw.Store.Records;

/// <param name="Sid">The statement's id.</param>
/// <param name="Json">The whole statement.</param>
public sealed record PolicyStatement(string Sid, string Json);
