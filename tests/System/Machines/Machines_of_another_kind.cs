using System.Globalization;
using System.Text.Json;
using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Machines;

/// <summary>What this machine cannot be, in an emulator: slow, and so with large limits of time.</summary>
[Trait("Needs", "time"), Trait("Needs", "machine")]
public sealed class Machines_of_another_kind
{
    // A daemon, and a word for an invoke: the payload, of that function.
    private const string Daemon = """
        mkdir -p /tmp/functions/worker
        cat > /tmp/functions/worker/app.py <<'CODE'
        import os, subprocess, time
        def handler(event, context):
            if 'megabytes' in event: return len(bytearray(event['megabytes'] << 20))
            if 'spin' in event:
                ends, used = time.time() + event['spin'], time.process_time()
                while time.time() < ends: pass
                return time.process_time() - used
            if 'behind' in event: return subprocess.Popen(['yes'], stdout=subprocess.DEVNULL).pid
            return open('/proc/self/cgroup').read().count(chr(10))
        CODE
        echo '{"Runtime":"python3.11","Handler":"app.handler","MemorySize":256,"Timeout":120}' > /tmp/functions/worker/thaw.json
        start() {
          "$THAW" up --functions /tmp/functions --data "$1" --isolation namespaces > /tmp/said 2>&1 & daemon=$!
          until grep -q listening /tmp/said; do sleep 0.2; kill -0 $daemon || { cat /tmp/said; exit 1; }; done
        }
        invoke() { curl -s -d "$2" "http://127.0.0.1:9000/2015-03-31/functions/$1/invocations"; echo; }
        stop() { kill $daemon; wait $daemon; echo "status $?"; }
        """;

    [Theory, InlineData(1), InlineData(2)]
    public async Task Limit_and_freeze_with_one_version_of_control_groups_alone(int version)
    {
        using var machine = new EmulatedMachine();

        var said = await machine.RunAsync(version, Script("""
            "$THAW" doctor | grep -E '^[a-z]+ +(cgroups|freezer) '
            start /var/tmp/thaw
            invoke worker '{"megabytes":100}'
            invoke worker '{"megabytes":400}'
            invoke worker '{"spin":2}'
            invoke worker '{"behind":1}' > /dev/null; sleep 2
            ticks() { awk '{ print $14 + $15 }' /proc/$(pgrep -x yes)/stat; }
            for try in {1..20}; do before=$(ticks); sleep 2; [[ $(ticks) != $before ]] || break; done
            echo "$(($(ticks) - before)) ticks"
            grep 'is not frozen' /tmp/said
            grep -o 'Error Type: .*' /tmp/said
            stop
            find /sys/fs/cgroup -name '*thaw*' | wc -l
            """));

        Assert.StartsWith($"pass  cgroups     v{version}, with memory, cpu, pids", said[0], StringComparison.Ordinal);
        Assert.StartsWith("pass  freezer", said[1], StringComparison.Ordinal);
        Assert.Equal("104857600", said[2]);
        Assert.Contains("Runtime.ExitError", said[3], StringComparison.Ordinal);

        // 256 of 1,769 MB make as much of a processor.
        Assert.InRange(double.Parse(said[4], CultureInfo.InvariantCulture), 0.1, 0.5);
        Assert.Equal(["0 ticks", "Error Type: Runtime.OutOfMemory", "status 0", "0"], said[5..]);
    }

    [Fact]
    public async Task Restore_snapshots_that_they_took_before_they_were_switched_off()
    {
        using var machine = new EmulatedMachine();

        // Where the emulator's kernel meets other processors than the last time, there is another snapshot: not here.
        var before = await machine.RunAsync(2, Script("""
            cat > /tmp/code.py <<'CODE'
            import uuid
            born = str(uuid.uuid4())
            def handler(event, context): return [born, str(uuid.uuid4())]
            CODE
            cd /tmp; python3 -m zipfile -c code.zip code.py
            call() { curl -s -X "$1" "http://127.0.0.1:9000/2015-03-31/functions$2" ${3:+-d "$3"}; }
            until_active() { while call GET "$1" | grep -q '"Pending"'; do sleep 0.5; done; }
            start /mnt/thaw
            call POST '' "{\"FunctionName\":\"snap\",\"Runtime\":\"python3.11\",\"Handler\":\"code.handler\",\"Timeout\":60,
              \"Role\":\"arn:aws:iam::123456789012:role/test\",\"SnapStart\":{\"ApplyOn\":\"PublishedVersions\"},
              \"Code\":{\"ZipFile\":\"$(base64 -w 0 code.zip)\"}}" > /dev/null
            until_active /snap/configuration
            call POST /snap/versions '{}' > /dev/null
            until_active '/snap/configuration?Qualifier=1'
            call GET '/snap/configuration?Qualifier=1' | grep -o '"OptimizationStatus":"[A-Za-z]*"'
            invoke 'snap:1' '{}'
            stop
            """));
        var after = await machine.RunAsync(2, Script("""
            start /mnt/thaw
            invoke 'snap:1' '{}'
            curl -s 'http://127.0.0.1:9000/thaw/environments' | grep -o '"Restore"' | sort -u
            stop
            """));

        Assert.Equal(["\"OptimizationStatus\":\"On\"", "status 0"], [before[0], before[^1]]);
        var (first, second) = (JsonSerializer.Deserialize<string[]>(before[1])!, JsonSerializer.Deserialize<string[]>(after[0])!);
        Assert.Equal(first[0], second[0]);
        Assert.NotEqual(first[1], second[1]);
        Assert.Equal(["\"Restore\"", "status 0"], after[1..]);
    }

    private static string Script(string what) => $"THAW={ThawProgram.Path}\n{Daemon}\n{what}";
}
