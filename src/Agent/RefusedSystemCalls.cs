using Thaw.Linux;
using static Thaw.Agent.RefusedWhen;

namespace Thaw.Agent;

/// <summary>What no function needs; the numbers are those of the kernel's tables, syscall_64.tbl and asm-generic/unistd.h.</summary>
internal static class RefusedSystemCalls
{
    private const int None = -1;

    private const uint Namespaces = Syscalls.CLONE_NEWNS | Syscalls.CLONE_NEWCGROUP | Syscalls.CLONE_NEWUTS | Syscalls.CLONE_NEWIPC
        | Syscalls.CLONE_NEWUSER | Syscalls.CLONE_NEWPID | Syscalls.CLONE_NEWNET;

    // AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. For the others the kernel loads code that hardly anybody uses; some know no namespaces.
    private const uint SocketFamilies = (1 << 1) | (1 << 2) | (1 << 10) | (1 << 16);

    private const uint Agent = 1;

    /// <summary>What a process that is restored may do no more, while it believes that it may: membarrier.</summary>
    internal static IReadOnlyList<RefusedSystemCall> OfSnapshots { get; } = [new(324, 283, Unknown)];

    internal static IReadOnlyList<RefusedSystemCall> All { get; } =
    [
        // New namespaces. What clone3 is asked for lies in memory, where no filter looks; everybody knows clone as well.
        new(272, 97), new(308, 268), new(56, 220, FirstArgumentHasAny, Namespaces), new(435, 435, Unknown),

        // Work that the kernel does where no filter looks, and that no snapshot holds: io_uring_setup, io_uring_enter, io_uring_register.
        new(425, 425, Unknown), new(426, 426, Unknown), new(427, 427, Unknown),

        // What the machine has so many of and no more, for all users together: io_setup.
        new(206, 0, Unknown),

        // Files: mount, umount2, pivot_root, chroot, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr,
        // open_tree_attr, name_to_handle_at, open_by_handle_at, fanotify_init, quotactl, quotactl_fd.
        new(165, 40), new(166, 39), new(155, 41), new(161, 51), new(428, 428), new(429, 429), new(430, 430), new(431, 431),
        new(432, 432), new(433, 433), new(442, 442), new(467, 467), new(303, 264), new(304, 265), new(300, 262), new(179, 60),
        new(443, 443),

        // Other processes: ptrace, process_vm_readv, process_vm_writev, process_madvise, pidfd_getfd, kcmp.
        new(101, 117), new(310, 270), new(311, 271), new(440, 440), new(438, 438), new(312, 272),

        // The agent, which has the same user: prlimit64, sched_setparam, sched_setscheduler, sched_setattr, sched_setaffinity,
        // migrate_pages, move_pages.
        new(302, 261, FirstArgumentIs, Agent), new(142, 118, FirstArgumentIs, Agent), new(144, 119, FirstArgumentIs, Agent),
        new(314, 274, FirstArgumentIs, Agent), new(203, 122, FirstArgumentIs, Agent), new(256, 238, FirstArgumentIs, Agent),
        new(279, 239, FirstArgumentIs, Agent),

        // The kernel: bpf, perf_event_open, userfaultfd, kexec_load, kexec_file_load, create_module, init_module, finit_module,
        // delete_module, keyctl, add_key, request_key, syslog, lookup_dcookie.
        new(321, 280), new(298, 241), new(323, 282), new(246, 104), new(320, 294), new(174, None), new(175, 105), new(313, 273),
        new(176, 106), new(250, 219), new(248, 217), new(249, 218), new(103, 116), new(212, 18),

        // The machine: reboot, swapon, swapoff, acct, sethostname, setdomainname, vhangup, iopl, ioperm, nfsservctl, uselib, _sysctl.
        new(169, 142), new(167, 224), new(168, 225), new(163, 89), new(170, 161), new(171, 162), new(153, 58), new(172, None),
        new(173, None), new(180, 42), new(134, None), new(156, None),

        // Clocks: settimeofday, clock_settime, adjtimex, clock_adjtime.
        new(164, 170), new(227, 112), new(159, 171), new(305, 266),

        // Network: socket, socketpair.
        new(41, 198, FirstArgumentIsNoneOf, SocketFamilies), new(53, 199, FirstArgumentIsNoneOf, SocketFamilies),
    ];
}
