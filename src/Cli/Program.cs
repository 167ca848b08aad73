Console.WriteLine($"{Environment.ProcessId} {string.Join(' ', args)}"); return 0;
