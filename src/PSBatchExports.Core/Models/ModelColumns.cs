namespace PSBatchExports.Models;

/// <summary>The columns by which the models are told apart (docs/wire.md, section 14).</summary>
internal static class ModelColumns
{
    private static readonly (string Model, string[] Columns)[] Known =
    [
        (
            "events",
            [
                "uuid", "event", "distinct_id", "person_id", "properties", "person_properties", "elements_chain", "timestamp",
                "created_at", "_inserted_at",
            ]),
        (
            "persons",
            [
                "team_id", "distinct_id", "person_id", "properties", "person_distinct_id_version", "person_version", "created_at",
                "_inserted_at", "is_deleted",
            ]),
        (
            "sessions",
            ["session_id", "session_id_v7", "team_id", "distinct_id", "start_timestamp", "end_timestamp", "urls", "_inserted_at"]),
    ];

    /// <summary>Whether columns are those of a model; null if they may be. The service may add columns.</summary>
    public static bool? AreOf(string model, IReadOnlySet<string> columns)
    {
        var models = Known.Where(known => columns.IsSupersetOf(known.Columns)).Select(known => known.Model).ToArray();
        return (model, models) switch
        {
            // A query may have any columns.
            ("hogql", []) => true,
            ("hogql", _) or (_, []) => null,
            _ => models.Contains(model),
        };
    }
}
