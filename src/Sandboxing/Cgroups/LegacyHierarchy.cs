namespace Thaw.Sandboxing.Cgroups;

/// <summary>A hierarchy of version 1: any group there may be divided, whoever is in it.</summary>
/// <param name="isFreezer">It has the freezer, which is a controller in this version.</param>
internal sealed class LegacyHierarchy(string root, string baseFolder, IReadOnlyList<Controller> controllers, bool isFreezer)
    : Hierarchy(root, baseFolder, controllers)
{
    public override bool IsUnified => false;

    public bool IsFreezer => isFreezer;
}
