namespace Amazon.Lambda.Core;

public interface IClientApplication
{
    string AppTitle { get; }

    string InstallationId { get; }
}
