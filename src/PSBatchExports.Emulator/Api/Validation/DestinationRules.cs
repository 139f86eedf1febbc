using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>A validated destination.</summary>
internal sealed record CheckedDestination(string Type, JsonObject Config, int? Integration);

/// <summary>Validates the destination in the body of a create or update.</summary>
internal sealed class DestinationRules(EmulatorState state, EmulatorOptions options, int projectId)
{
    private const string Attribute = "destination";

    private static readonly string[] S3Inputs = ["bucket_name", "region", "prefix"];
    private static readonly string[] BatchUrls = ["https://us.i.posthog.com/batch/", "https://eu.i.posthog.com/batch/"];

    private static readonly Dictionary<string, IntegrationRule> IntegrationRules = new(StringComparer.Ordinal)
    {
        ["AwsS3"] = new("aws-s3", "AwsS3", null, Keeps: true),
        ["S3Compatible"] = new("s3-compatible", "S3Compatible", null, Keeps: true),
        ["AzureBlob"] = new("azure-blob", "Azure Blob", "an Azure Blob", Keeps: false),
        ["Snowflake"] = new("snowflake", "Snowflake", "a Snowflake", Keeps: true),
        ["Postgres"] = new("postgresql", "Postgres", "a PostgreSQL", Keeps: true),
        ["Redshift"] = new("aws-redshift", "Redshift", "a Redshift", Keeps: false),
        ["BigQuery"] = new("google-cloud-service-account", "BigQuery", "a Google Cloud service account", Keeps: false),
        ["Databricks"] = new("databricks", "Databricks", "a Databricks", Keeps: false),
    };

    public CheckedDestination Check(JsonNode? node, StoredExport? current, bool partial)
    {
        if (node is not JsonObject sent)
            throw Problem.NotADictionary(node, "destination__non_field_errors");

        var type = Type(sent);
        var integration = Integration(sent);
        if (current is not null && (sent["type"] is null || !sent.ContainsKey("config")))
            throw Problem.Server();

        var config = Config(sent);
        // Keys are checked before the types are compared, but a configuration of another type cannot be merged into.
        var sameType = current is null || current.DestinationType == type;
        var merged = ConfigShape.Check(type, config, sameType ? current?.Config : null, partial);
        if (!sameType)
        {
            throw Problem.Invalid(
                $"Cannot change destination type from '{current!.DestinationType}' to '{type}'. "
                + "Delete this batch export and create a new one with the new destination type.",
                Attribute);
        }

        if (type == "Workflows" && !options.Workflows)
            throw Problem.Forbidden("Backfilling Workflows is not enabled for this team.");

        var used = FindUsedIntegration(type, sent, integration, current);
        CheckType(type, merged, config, current, used);
        return new CheckedDestination(type, merged, used?.Id);
    }

    private static string Type(JsonObject sent)
    {
        var fields = new Fields(sent, "destination__");
        fields.Require("type");
        fields.RejectNull("type");
        var type = fields.Node("type")!.ToString();
        return ConfigKeys.IsKnown(type) ? type : throw Problem.Choice(type, "destination__type");
    }

    private static JsonObject Config(JsonObject sent)
    {
        var fields = new Fields(sent, "destination__");
        fields.Require("config");
        fields.RejectNull("config");
        return fields.Mapping("config")!;
    }

    private Integration? Integration(JsonObject sent)
    {
        var name = sent.ContainsKey("integration") ? "integration" : "integration_id";
        if (sent[name] is not { } node)
            return null;

        if (!long.TryParse(node.ToString(), CultureInfo.InvariantCulture, out var id))
        {
            throw Problem.Invalid(
                $"Incorrect type. Expected pk value, received {PythonType.NameOf(node)}.", "destination__" + name, "incorrect_type");
        }

        var missing = FormattableString.Invariant($"Invalid pk \"{id}\" - object does not exist.");
        return state.FindIntegration(id, projectId) ?? throw Problem.Invalid(missing, "destination__" + name, "does_not_exist");
    }

    private Integration? FindUsedIntegration(string type, JsonObject sent, Integration? given, StoredExport? current)
    {
        if (!IntegrationRules.TryGetValue(type, out var rule))
            return null;

        var isSent = sent.ContainsKey("integration") || sent.ContainsKey("integration_id");
        var stored = current?.Integration is { } id ? state.FindIntegration(id, projectId) : null;
        var used = given ?? (rule.Keeps && !isSent ? stored : null);
        if (used is null)
        {
            if (type == "Redshift" && stored is not null)
            {
                throw Problem.Invalid(
                    "Cannot remove the integration from a Redshift batch export that uses one. "
                    + "Re-send its `integration` to keep it (or a different one to swap).",
                    Attribute);
            }

            var keepsInline = type is "Postgres" or "Redshift" && current is not null && stored is null;
            return keepsInline ? null : throw Problem.Invalid($"Integration is required for {rule.Label} batch exports", Attribute);
        }

        if (used.Kind != rule.Kind)
        {
            throw Problem.Invalid(
                rule.Article is null
                    ? $"Integration provided is not an AWS S3 integration (got kind='{used.Kind}')"
                    : $"Integration is not {rule.Article} integration.",
                Attribute);
        }

        return used;
    }

    private void CheckType(string type, JsonObject config, JsonObject sent, StoredExport? current, Integration? integration)
    {
        switch (type)
        {
            case "AwsS3" or "S3Compatible":
                var empty = S3Inputs.Where(n => config[n]?.ToString() is not { Length: > 0 }).ToArray();
                if (empty.Length > 0)
                    throw Problem.Invalid($"The following inputs are empty: [{string.Join(", ", empty.Select(n => $"'{n}'"))}]", Attribute);

                FileFormatRules.Check(config, current?.Config);
                break;
            case "AzureBlob":
                FileFormatRules.Check(config, current?.Config);
                break;
            case "Postgres":
                HostRules.Check(config);
                break;
            case "Redshift":
                RedshiftRules.Check(config, sent, current?.Config, integration, id => state.FindIntegration(id, projectId));
                break;
            case "HTTP" when !BatchUrls.Contains(config["url"]?.ToString(), StringComparer.Ordinal):
                throw Problem.Invalid($"Invalid destination URL: {config["url"]}", Attribute);
        }
    }

    /// <param name="Label">The type's name in the error for a missing integration.</param>
    /// <param name="Article">The kind's name in the error for a wrong kind; null for the S3 message.</param>
    /// <param name="Keeps">Whether an update without an integration keeps the stored one.</param>
    private sealed record IntegrationRule(string Kind, string Label, string? Article, bool Keeps);
}
