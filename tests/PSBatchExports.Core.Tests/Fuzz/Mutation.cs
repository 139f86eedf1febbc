using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace PSBatchExports.Core.Tests.Fuzz;

/// <summary>One mutation of a JSON text.</summary>
/// <param name="Kind">What is changed.</param>
/// <param name="Place">Where, as a fraction of the candidates.</param>
/// <param name="Value">The index of the unexpected value, if the kind needs one.</param>
internal sealed record Mutation(MutationKind Kind, double Place, int Value)
{
    /// <summary>Unexpected JSON values.</summary>
    private static readonly string[] Strange =
    [
        "null", "true", "false", "0", "-1", "1.5", "99", "1e400", "-9223372036854775809", "18446744073709551616", "\"\"", "\"x\"", "\"0\"",
        "\"null\"", "[]", "{}", "[[]]", "[null]",
        "{\"\": {}}", "{\"id\": 1, \"ID\": 2, \"id\": 3}", @"""\u001b]0;owned\u0007""", @"""\ud83d""", @"""\udc00\ud800""", @"""\u0000""",
        "\"2026-13-45T99:99:99Z\"", "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"2026-10-08\"", "\"NaN\"", "\"../../etc/passwd\"",
        "\"http://elsewhere.example/api/\"", $"\"{new string('x', 20_000)}\"",
        $"{new string('[', 70)}{new string(']', 70)}",
    ];

    public static Gen<Mutation[]> Several { get; } =
        (from kind in Gen.Elements(Enum.GetValues<MutationKind>())
         from place in Gen.Choose(0, 9999)
         from value in Gen.Choose(0, Strange.Length - 1)
         select new Mutation(kind, place / 10_000.0, value)).NonEmptyListOf().Select(list => list.Take(6).ToArray());

    /// <summary>Applies all mutations to a text.</summary>
    public static byte[] Apply(string json, IEnumerable<Mutation> mutations)
    {
        var ordered = mutations.OrderBy(mutation => mutation.Kind).ToArray();
        var root = JsonNode.Parse(json);
        foreach (var mutation in ordered.Where(mutation => mutation.Kind < MutationKind.Truncate))
            mutation.ApplyTo(root);

        var text = root?.ToJsonString() ?? "null";
        foreach (var mutation in ordered)
            text = text.Replace($"\"{mutation.Mark}\"", Strange[mutation.Value], StringComparison.Ordinal);

        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var mutation in ordered.Where(mutation => mutation.Kind >= MutationKind.Truncate))
            bytes = mutation.ApplyTo(bytes);

        return bytes;
    }

    // A placeholder for values that no node can hold, until the text is written.
    private string Mark => $"@strange {Value}@";

    private void ApplyTo(JsonNode? root)
    {
        var nodes = Inner(root).ToArray();
        if (nodes.Length == 0)
            return;

        var node = nodes[(int)(Place * nodes.Length)];
        switch (Kind)
        {
            case MutationKind.Drop when node.Parent is JsonObject parent:
                parent.Remove(node.Name!);
                break;
            case MutationKind.Rename when node.Parent is JsonObject parent:
                var value = parent[node.Name!];
                parent.Remove(node.Name!);
                parent[$"{node.Name}_"] = value;
                break;
            case MutationKind.Retype when node.Parent is JsonObject parent:
                parent[node.Name!] = Mark;
                break;
            case MutationKind.Retype when node.Parent is JsonArray parent:
                parent[node.Index] = Mark;
                break;
            case MutationKind.Add when node.Parent is JsonObject parent:
                parent[$"new {Place}"] = Mark;
                break;
        }
    }

    private byte[] ApplyTo(byte[] bytes)
    {
        var at = (int)(Place * bytes.Length);
        if (Kind == MutationKind.Truncate)
            return bytes[..at];

        if (bytes.Length > 0)
            bytes[at] = (byte)(Value * 7);

        return bytes;
    }

    private static IEnumerable<(JsonNode Parent, string? Name, int Index)> Inner(JsonNode? node) => node switch
    {
        JsonObject parent => parent.ToArray().SelectMany(field => Inner(field.Value).Prepend((parent, field.Key, 0))),
        JsonArray parent => parent.ToArray().SelectMany((item, index) => Inner(item).Prepend((parent, null, index))),
        _ => [],
    };
}

internal enum MutationKind
{
    Drop,
    Rename,
    Retype,
    Add,

    /// <summary>The kinds from here on change bytes.</summary>
    Truncate,
    Overwrite,
}
