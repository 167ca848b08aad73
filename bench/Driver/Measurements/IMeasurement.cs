namespace Thaw.Bench.Driver.Measurements;

/// <summary>Some rows that need the same programs running.</summary>
internal interface IMeasurement
{
    /// <summary>For <c>--only</c>.</summary>
    string Name { get; }

    IEnumerable<Row> Run(Workbench bench);
}
