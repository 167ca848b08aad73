namespace Thaw.Sandboxing.Cgroups;

/// <summary>What the kernel can limit for a group of processes, as far as sandboxes want it; see cgroups(7).</summary>
public enum Controller
{
    Memory,
    Cpu,
    Pids,
}

/// <summary>The kernel's words for controllers.</summary>
internal static class ControllerNames
{
    public static readonly Controller[] All = Enum.GetValues<Controller>();

    public static string Name(this Controller controller) => controller switch
    {
        Controller.Memory => "memory",
        Controller.Cpu => "cpu",
        _ => "pids",
    };

    /// <summary>Those of a list as in <c>cgroup.controllers</c>; others are left out.</summary>
    public static Controller[] Parse(string? list)
    {
        var words = (list ?? "").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return [.. All.Where(controller => words.Contains(controller.Name()))];
    }
}
