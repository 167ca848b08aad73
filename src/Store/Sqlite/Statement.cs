using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>A sentence of SQL that is said again and again, with other values for its <c>$1</c>, <c>$2</c> and <c>$3</c>.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand command;

    public Statement(SqliteConnection connection, string sql, int values = 0)
    {
        command = connection.CreateCommand();
#pragma warning disable CA2100 // Ours; what others say comes as a value.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var value = 1; value <= values; value++)
            command.Parameters.Add(new SqliteParameter { ParameterName = string.Create(CultureInfo.InvariantCulture, $"${value}") });
    }

    /// <summary>How many rows it altered.</summary>
    public int Run(params ReadOnlySpan<object> values)
    {
        Set(values);
        var rows = command.ExecuteNonQuery();

        // A record may be large, and the sentence is kept.
        foreach (SqliteParameter parameter in command.Parameters)
            parameter.Value = null;
        return rows;
    }

    public long Number(params ReadOnlySpan<object> values)
    {
        Set(values);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The first column of each row.</summary>
    public List<T> All<T>(params ReadOnlySpan<object> values)
    {
        Set(values);
        using var row = command.ExecuteReader();
        var found = new List<T>();
        while (row.Read())
            found.Add(row.GetFieldValue<T>(0));
        return found;
    }

    public void Dispose() => command.Dispose();

    private void Set(ReadOnlySpan<object> values)
    {
        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = values[index];
    }
}
