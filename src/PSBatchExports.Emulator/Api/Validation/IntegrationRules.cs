using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the body of a create. Nothing is connected to.</summary>
internal sealed class IntegrationRules(EmulatorState state, EmulatorOptions options)
{
    private const string RetiredKind = "slack-posthog-code";

    // Kinds that exports use, and some of the many others.
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "aws-s3", "s3-compatible", "aws-redshift", "snowflake", "postgresql", "google-cloud-service-account", "databricks", "azure-blob",
        "slack", "github", "google-cloud-storage", "google-pubsub", "posthog", RetiredKind,
    ];

    private static readonly string[] OAuthKinds = ["slack", "github"];

    private static readonly string[] OlderKinds =
        ["databricks", "azure-blob", "slack", "github", "google-cloud-storage", "google-pubsub"];

    public Integration Check(JsonObject body, Project project)
    {
        var fields = new Fields(body);
        fields.Require("kind");
        fields.RejectNull("kind");
        var kind = fields.Choice("kind", [.. options.OlderServer ? OlderKinds : Kinds])!;
        if (kind == RetiredKind)
            throw Problem.Invalid("This integration kind is deprecated and can no longer be created.", "kind");

        var config = body["config"] switch
        {
            null => [],
            JsonObject sent => sent,
            _ => throw Problem.Server(),
        };
        return Check(kind, config, project);
    }

    public Integration Check(string kind, JsonObject config, Project project)
    {
        var settings = new IntegrationSettings(config);
        var made = kind switch
        {
            "aws-s3" => Named(new AwsCredentialRules(state).Check(kind, settings, project), project),
            "aws-redshift" => CheckRedshift(settings, project),
            "s3-compatible" => Named(BucketCredentialRules.Check(settings), project),
            "snowflake" => Named(WarehouseCredentialRules.CheckSnowflake(settings), project),
            "postgresql" => DatabaseCredentialRules.Check(kind, settings, project),
            "google-cloud-service-account" => CloudCredentialRules.CheckServiceAccount(settings, project, state.ForeignCredentials),
            "databricks" => WarehouseCredentialRules.CheckDatabricks(settings),
            "azure-blob" => CloudCredentialRules.CheckAzure(settings),
            _ => throw Problem.Invalid(OAuthKinds.Contains(kind, StringComparer.Ordinal) ? "Kind not configured" : "Kind not supported"),
        };
        return made with { ProjectId = project.Id };
    }

    private Integration CheckRedshift(IntegrationSettings settings, Project project)
    {
        if (settings.HasAny("aws_role_arn", "aws_access_key_id", "aws_secret_access_key"))
            return Named(new AwsCredentialRules(state).Check("aws-redshift", settings, project), project);

        return settings.HasAny("host", "port", "user", "password")
            ? DatabaseCredentialRules.Check("aws-redshift", settings, project)
            : throw Problem.Invalid("Missing required inputs");
    }

    private Integration Named(Integration made, Project project)
    {
        var isTaken = state.Integrations.Any(other =>
            other.ProjectId == project.Id && other.Kind == made.Kind && other.Identity == made.Identity);
        return isTaken ? throw Problem.Invalid($"An integration named '{made.Identity}' already exists") : made;
    }
}

/// <summary>The sent settings of an integration.</summary>
internal sealed class IntegrationSettings(JsonObject config)
{
    public bool HasAny(params string[] names) => names.Any(config.ContainsKey);

    public JsonNode? this[string name] => config[name];

    /// <summary>A text; null for none, for an empty one, and for another type.</summary>
    public string? Text(string name) =>
        config[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>Whether a value is given that is no text.</summary>
    public bool IsNoText(string name) => config[name] is { } value && value.GetValueKind() != JsonValueKind.String;

    public string RequireText(string name, string error) => Text(name) ?? throw Problem.Invalid(error);

    /// <summary>The settings of the given names that were sent.</summary>
    public JsonObject Sent(params string[] names)
    {
        var sent = new JsonObject();
        foreach (var name in names.Where(config.ContainsKey))
            sent[name] = config[name]?.DeepClone();
        return sent;
    }
}
