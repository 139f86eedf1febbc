using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates AWS keys and roles. A key that contains <c>INVALID</c> is one that AWS refuses.</summary>
internal sealed partial class AwsCredentialRules(EmulatorState state)
{
    private const string AccountId = "123456789012";

    public Integration Check(string kind, IntegrationSettings settings, Project project)
    {
        var name = settings.RequireText("name", "A name is required for AWS integration");
        var isRole = settings.HasAny("aws_role_arn");
        var config = new JsonObject { ["name"] = name };
        if (isRole)
            config["aws_role_arn"] = CheckRole(settings, project);
        else
            config["aws_account_id"] = CheckKeys(settings);

        if (kind == "aws-redshift")
            AddRedshiftSettings(config, settings);

        return new Integration(0, 0, kind, StoresHost: kind != "aws-redshift")
        {
            Identity = name,
            Config = config,
            DisplayName = isRole ? $"{name} (AWS role '{config["aws_role_arn"]}')" : $"{name} (AWS account {AccountId})",
        };
    }

    private static string CheckKeys(IntegrationSettings settings)
    {
        var id = settings.RequireText("aws_access_key_id", "Access key ID is required for AWS integration");
        settings.RequireText("aws_secret_access_key", "Secret access key is required for AWS integration");
        return id.Contains("INVALID", StringComparison.Ordinal)
            ? throw Problem.Invalid("AWS credentials are not valid: The security token included in the request is invalid.")
            : AccountId;
    }

    private string CheckRole(IntegrationSettings settings, Project project)
    {
        var role = settings.RequireText("aws_role_arn", "A valid role ARN is required for AWS integration");
        if (!RoleArn().IsMatch(role))
            throw Problem.Invalid("AWS role ARN is not valid");

        if (state.ForeignCredentials.Contains(role))
            throw Problem.Invalid("Cannot create AWS integration: Invalid role");

        if (!state.OpenRoles.Contains(role))
            return role;

        throw Problem.Invalid(
            $"The provided role '{role}' allows access without a required external id condition. "
            + $"Update the role's policy with a condition to match 'posthog-{project.OrganizationId}' as a external id.");
    }

    private static void AddRedshiftSettings(JsonObject config, IntegrationSettings settings)
    {
        config["user"] = settings.RequireText("user", "Username is required for AWS integration");
        var sent = settings.Sent("groups", "auto_create", "workgroup_arn");
        if (sent["groups"] is { } groups && !IsListOfTexts(groups))
            throw Problem.Invalid("Groups must be a list of at least one string");

        if (sent["auto_create"] is { } create && create.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            throw Problem.Invalid("Auto create can only be True or False");

        if (sent["workgroup_arn"] is { } workgroup && !WorkgroupArn().IsMatch(workgroup.ToString()))
            throw Problem.Invalid("Workgroup ARN must be a valid Redshift Serverless workgroup ARN");

        foreach (var (key, value) in sent)
            config[key] = value?.DeepClone();
    }

    private static bool IsListOfTexts(JsonNode node) =>
        node is JsonArray { Count: > 0 } items && items.All(item => item?.GetValueKind() == JsonValueKind.String);

    [GeneratedRegex(@"^arn:aws:iam::\d{12}:role/.+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"^arn:aws:redshift-serverless:[a-z0-9-]+:\d{12}:workgroup/.+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex WorkgroupArn();
}
