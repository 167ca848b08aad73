namespace Thaw.Daemon.Doctor;

/// <summary>Looks at one thing of this machine, by trying it where that leaves no trace.</summary>
public interface ICheck
{
    IEnumerable<Finding> Look();
}
