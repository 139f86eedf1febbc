using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the property filters of an export.</summary>
internal static class FilterRules
{
    private const string Attribute = "filters";
    private static readonly string[] FilterTypes = ["event", "hogql", "person"];

    public static JsonArray? Check(JsonNode? node)
    {
        if (node is null)
            return null;

        if (node is not JsonArray filters)
            throw Problem.Invalid("'filters' should be an array of filters", Attribute);

        foreach (var filter in filters)
            CheckOne(filter);
        return filters.DeepClone().AsArray();
    }

    public static void CheckModel(JsonArray? filters, string model)
    {
        if (filters is not null && model != "events")
            throw Problem.Invalid($"'filters' is only supported for 'events' not '{model}' model", Attribute);
    }

    private static void CheckOne(JsonNode? node)
    {
        if (node is not JsonObject filter)
            throw Problem.Invalid("Each filter must be an object", Attribute);

        if (filter["key"]?.ToString() is "data_interval_start" or "data_interval_end"
            || filter.ContainsKey("data_interval_start")
            || filter.ContainsKey("data_interval_end"))
        {
            throw Problem.Invalid(
                "'data_interval_start' and 'data_interval_end' are run attributes and not 'filters'. "
                + "Trigger a backfill if you wish to manually control which periods to batch export.",
                Attribute);
        }

        if (!FilterTypes.Contains(filter["type"]?.ToString(), StringComparer.Ordinal))
            throw Problem.Invalid("Each filter must have a 'type' of one of: 'event', 'hogql', 'person'", Attribute);
    }
}
