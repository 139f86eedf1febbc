using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace PSBatchExports.Abstractions;

/// <summary>Names of the exports that a connection has shown, so that questions can name what they are about without another request.</summary>
internal static class SeenNames
{
    private const int Most = 10_000;
    private static readonly ConditionalWeakTable<BatchExportConnection, ConcurrentDictionary<string, string>> Names = [];

    public static void Remember(BatchExportConnection connection, BatchExport export)
    {
        var names = Names.GetOrCreateValue(connection);
        if (export is { Id: { } id, Name: { } name } && (names.Count < Most || names.ContainsKey(id)))
            names[id] = name;
    }

    /// <summary>"name (id)", or the id alone where the name was not seen.</summary>
    public static string Describe(BatchExportConnection connection, string id) =>
        Names.GetOrCreateValue(connection).TryGetValue(id, out var name) ? $"{name} ({id})" : id;
}
