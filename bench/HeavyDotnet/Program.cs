using Thaw.Bench.HeavyDotnet;

// The same memory without any runtime client: does what static code does, says so, and sleeps.
if (Function.Table.Count > 0)
    File.WriteAllText("ready", "");
Thread.Sleep(Timeout.Infinite);
