namespace Thaw.Environments;

/// <summary>Whose environments are interchangeable: a function and its version.</summary>
public readonly record struct VersionId(string Function, string Version);
