using System.Text.Json;

namespace PSBatchExports.Json;

/// <summary>Rejects lists with null entries: skipping one would shift later indexes.</summary>
internal static class NullGuard
{
    /// <exception cref="JsonException">The list has a null entry.</exception>
    public static IReadOnlyList<T>? RejectNulls<T>(IReadOnlyList<T>? items) =>
        items?.Any(item => item is null) == true ? throw new JsonException("A list holds null.") : items;
}
