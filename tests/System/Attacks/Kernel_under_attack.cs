namespace Thaw.SystemTests.Attacks;

/// <summary>What hostile code asks of the kernel in vain: by its calls, its files and the machine's own programs.</summary>
[Collection(typeof(AttackedMachines))]
public sealed class Kernel_under_attack(AttackedMachine machine)
{
    [Fact]
    public Task Makes_no_namespace() => RefusesAsync(
        """
        print({attempt(lambda: libc.unshare(flag))
            for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)})
        print(call(272, 97, 0x10000000), call(56, 220, 0x10000000 | 17, 0, 0, 0, 0), call(56, 220, (1 << 32) | 0x10000000 | 17, 0,
            0, 0, 0))
        print(call(435, 435, 0, 0), [call(308, 268, os.open(f"/proc/self/ns/{kind}", os.O_RDONLY), 0)
            for kind in ("net", "mnt", "user", "pid")])
        print(run("/usr/bin/unshare", "-Ur", "true")[0] != 0)
        """,
        "{-1}\nEPERM EPERM EPERM\nENOSYS ['EPERM', 'EPERM', 'EPERM', 'EPERM']\nTrue\n");

    [Fact]
    public Task Would_make_no_namespace_without_the_filter() => RefusesAsync(
        """
        kinds = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time")
        print({open(f"/proc/sys/user/max_{kind}_namespaces").read() for kind in kinds})
        """,
        "{'0\\n'}\n");

    [Fact]
    public Task Gives_one_environment_not_what_all_have_together() => RefusesAsync(
        """
        def many(what, most):
            held = []
            for n in range(most):
                try: held.append(what())
                except OSError as problem: return len(held), errno.errorcode[problem.errno]
            return len(held), "no end"
        def watch():
            fd = libc.inotify_init1(0)
            if fd < 0: raise OSError(ctypes.get_errno(), "")
            return fd
        print("watchers", many(watch, 200))
        signal.pthread_sigmask(signal.SIG_BLOCK, {40})
        def queue():
            if libc.sigqueue(os.getpid(), 40, 0) < 0: raise OSError(ctypes.get_errno(), "")
        queued, end = many(queue, 5000)
        print("signals", queued <= 1024, end)
        print("aio", call(206, 0, 1000, ctypes.addressof(ctypes.create_string_buffer(8))))
        import resource
        print("queues", resource.getrlimit(12))
        """,
        "watchers (32, 'EMFILE')\nsignals True EAGAIN\naio ENOSYS\nqueues (131072, 131072)\n");

    [Fact]
    public Task Mounts_nothing() => RefusesAsync(
        """
        os.mkdir("/tmp/here")
        print({libc.mount(b"none", place, kind, 0, 0) for kind in (b"tmpfs", b"proc", b"sysfs", b"cgroup2")
            for place in (b"/tmp/here", b"/sys")})
        print({libc.mount(b"none", place, b"none", 0x1020, 0)
            for place in (b"/", b"/usr", b"/proc", b"/var/task")}, libc.umount2(b"/tmp", 2))
        print(run("/usr/bin/mount", "-t", "tmpfs", "none", "/tmp/here")[0] != 0, run("/usr/bin/mount", "-o", "remount,rw", "/")[0] != 0)
        print(call(161, 51, ctypes.addressof(ctypes.create_string_buffer(b"/tmp"))), call(428, 428, 0, 0, 0), call(430, 430, 0, 0))
        """,
        "{-1}\n{-1} -1\nTrue True\nEPERM EPERM EPERM\n");

    [Fact]
    public Task Makes_no_device() => RefusesAsync(
        """
        print({attempt(lambda: os.mknod("/tmp/device", 0o666 | kind, os.makedev(*numbers)))
            for kind in (0o20000, 0o60000) for numbers in ((1, 1), (1, 2), (8, 0), (7, 0), (10, 229))})
        print({attempt(lambda: os.open("/dev/" + name, os.O_RDWR | os.O_CREAT))
            for name in ("kmsg", "mem", "sda", "loop0", "shm", "net/tun", "ptmx")})
        print({attempt(lambda: os.chmod("/dev/" + name, 0o777)) for name in ("null", "zero", "random")})
        import fcntl
        print(attempt(lambda: fcntl.ioctl(os.open("/dev/urandom", os.O_RDWR), 0x40085203, struct.pack("iiQ", 64, 8, 0))))
        """,
        "{'EPERM'}\n{'EROFS', 'ENOENT'}\n{'EROFS'}\nEPERM\n",
        "{'EPERM'}\n{'ENOENT', 'EROFS'}\n{'EROFS'}\nEPERM\n");

    [Fact]
    public Task Loads_no_code_and_starts_no_other_kernel() => RefusesAsync(
        """
        print({call(*numbers, 0, 0, 0) for numbers in ((175, 105), (313, 273), (176, 106), (246, 104), (320, 294), (321, 280))})
        print({attempt(lambda: open("/proc/sys/kernel/" + name, "w"))
            for name in ("modprobe", "core_pattern", "hotplug") if os.path.exists("/proc/sys/kernel/" + name)})
        """,
        "{'EPERM'}\n{'EROFS'}\n");

    [Fact]
    public Task Makes_no_socket_of_a_rare_kind_for_which_it_would_load_code()
    {
        // Families of AX.25, IPX, packets, keys, RDS, CAN, TIPC, Bluetooth, ALG, NFC, vsock, KCM, SMC and XDP; then pairs of TIPC's.
        return RefusesAsync(
            """
            print({attempt(lambda: socket.socket(family, kind))
                for family in (3, 4, 17, 15, 21, 29, 30, 31, 38, 39, 40, 41, 43, 44, 100, 1 << 31 - 1) for kind in (1, 2, 3, 5)})
            print(call(53, 199, 30, 1, 0, 0), [socket.socket(family, kind).close()
                for family, kind in ((1, 1), (2, 1), (10, 2), (16, 3))])
            """,
            "{'EPERM'}\nEPERM [None, None, None, None]\n");
    }

    [Fact]
    public Task Makes_no_raw_socket() => RefusesAsync(
        """
        print({attempt(lambda: socket.socket(*kind))
            for kind in ((2, 3, 1), (2, 3, 255), (10, 3, 58), (17, 3, 768), (2, 10, 0))} - {"EINVAL"})
        print(attempt(lambda: socket.socket(2, 2, 1).close()))
        """,
        "{'EPERM'}\nEACCES\n");

    [Fact]
    public Task Stays_up_and_keeps_its_clocks() => RefusesAsync(
        """
        print({call(169, 142, 0xfee1dead, 672274793, command, 0) for command in (0x1234567, 0x4321fedc, 0xcdef0123, 0)})
        print(attempt(lambda: time.clock_settime(time.CLOCK_REALTIME, 0)), call(164, 170, 0, 0), call(159, 171, 0), call(305, 266, 0, 0))
        print({attempt(lambda: open("/proc/" + name, "w"))
            for name in ("sysrq-trigger", "self/timerslack_ns", "timer_list")} <= {"EROFS", "EACCES", "ENOENT"})
        print(call(167, 224, 0, 0), call(163, 89, 0), call(170, 161, 0, 0), call(103, 116, 0, 0, 0))
        """,
        "{'EPERM'}\nEPERM EPERM EPERM EPERM\nTrue\nEPERM EPERM EPERM EPERM\n");

    [Fact]
    public Task Keeps_its_settings() => RefusesAsync(
        """
        written = []
        for folder, _, names in os.walk("/proc/sys"):
            for name in names:
                try:
                    os.close(os.open(os.path.join(folder, name), os.O_WRONLY))
                    written.append(os.path.join(folder, name))
                except OSError: pass
        print(written)
        own = ["oom_score_adj", "oom_adj", "loginuid", "uid_map", "gid_map", "setgroups", "coredump_filter", "comm", "mem",
            "attr/current"]
        print([name for name in own if type(attempt(lambda: open("/proc/self/" + name, "r+b", 0))) is not str])
        """,
        "[]\n[]\n");

    [Fact]
    public Task Keeps_its_depths_closed() => RefusesAsync(
        """
        print("keys", {call(*numbers, 0, 0, 0, 0) for numbers in ((250, 219), (248, 217), (249, 218))})
        print("io_uring", {call(number, number, 8, 0, 0, 0) for number in (425, 426, 427)})
        print("bpf", call(321, 280, 0, 0, 0), "perf", call(298, 241, 0, 0, -1, -1, 0), "userfaultfd", call(323, 282, 1))
        print("others", call(310, 270, 1, 0, 0, 0, 0, 0), call(101, 117, 16, 1, 0, 0), call(440, 440, 0, 0, 0, 0, 0))
        """,
        "keys {'EPERM'}\nio_uring {'ENOSYS'}\nbpf EPERM perf EPERM userfaultfd EPERM\nothers EPERM EPERM EPERM\n");

    [Fact]
    public async Task Has_no_other_door_beside_the_one_with_the_filter()
    {
        await machine.DaemonAsync();
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
            is System.Runtime.InteropServices.Architecture.X64, "other processors have one door only");

        // mov eax, NUMBER; int 0x80; ret: the calls of 32 bits, where 310 is unshare. A kernel without them kills whoever tries.
        await RefusesAsync(
            """
            import mmap
            code = mmap.mmap(-1, 4096, prot=7)
            code.write(b"\x53\xb8" + struct.pack("i", 310) + b"\xbb" + struct.pack("i", 0x10000000) + b"\xcd\x80\x5b\xc3")
            child = os.fork()
            if child == 0: os._exit(-ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))())
            status = os.waitpid(child, 0)[1]
            print(status >> 8 == errno.ENOSYS or status & 0x7f == signal.SIGSEGV)
            print(call(0x40000000 | 272, 0, 0x10000000), call(0x40000000 | 165, 0))
            """,
            "True\nENOSYS ENOSYS\n");
    }

    [Fact]
    public Task Makes_nobody_root_by_a_program_with_that_bit() => RefusesAsync(
        """
        import stat
        programs = [os.path.join(folder, name) for folder in ("/usr/bin", "/usr/sbin", "/usr/lib/openssh") if os.path.isdir(folder)
            for name in os.listdir(folder)]
        marked = [path for path in programs if not os.path.islink(path) and os.stat(path).st_mode & 0o6000]
        print(len(marked) > 0, {os.stat(path).st_uid for path in marked} <= {65534})
        print(run("/usr/bin/su", "-c", "id")[0] != 0, "uid=1000" in run("/usr/bin/newgrp")[1] + run("/usr/bin/id")[1])
        import shutil
        shutil.copy("/usr/bin/id", "/tmp/id")
        os.chmod("/tmp/id", 0o6755)
        print(run("/tmp/id", "-u")[1], end="")
        print(attempt(lambda: os.setuid(0)), attempt(lambda: os.setgroups([0])), attempt(lambda: os.chown("/tmp/id", 0, 0)))
        status = open("/proc/self/status").read()
        print([line.split()[1] for line in status.splitlines() if line.startswith(("CapEff", "CapBnd", "NoNewPrivs"))])
        """,
        "True True\nTrue True\n1000\nEPERM EPERM EPERM\n['0000000000000000', '0000000000000000', '1']\n");

    [Fact]
    public Task Writes_no_core_file() => RefusesAsync(
        """
        import resource
        print(resource.getrlimit(resource.RLIMIT_CORE))
        os.mkdir("/tmp/crash")
        child = os.fork()
        if child == 0:
            os.chdir("/tmp/crash")
            os.abort()
        status = os.waitpid(child, 0)[1]
        print(os.WTERMSIG(status) == signal.SIGABRT, os.WCOREDUMP(status), os.listdir("/tmp/crash"))
        """,
        "(0, 0)\nTrue False []\n");

    private async Task RefusesAsync(string script, params string[] answers) =>
        Assert.Contains(await machine.AttackAsync(script), answers);
}
