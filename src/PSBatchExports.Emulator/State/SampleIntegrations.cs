using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Api.Validation;

namespace PSBatchExports.Emulator.State;

/// <summary>
/// Integrations of the main project. Most kinds that exports use have a second one, so that exports can be switched to it.
/// </summary>
internal static class SampleIntegrations
{
    private const string Keys = """
        "aws_access_key_id":"AKIAEXAMPLEEXAMPLE00","aws_secret_access_key":"example-secret"
        """;

    private const string ServiceAccount = """
        "service_account_email":"exporter@acme-analytics.iam.gserviceaccount.example","project_id":"acme-analytics"
        """;

    private static readonly (int Id, string Kind, string Config)[] Samples =
    [
        (640, "aws-redshift", """
            {"host":"acme.abc123.eu-central-1.redshift.amazonaws.com","port":5439,"user":"posthog","password":"example-password"}
            """),
        (641, "aws-redshift", $$"""{"name":"Redshift key",{{Keys}},"user":"posthog","groups":["loaders"],"auto_create":false}"""),
        (731, "aws-s3", $$"""{"name":"Export bucket key",{{Keys}}}"""),
        (732, "s3-compatible", $$"""{"name":"R2 archive",{{Keys}},"endpoint_url":"https://acme.r2.storage.example"}"""),
        (733, "aws-s3", """{"name":"Export bucket role","aws_role_arn":"arn:aws:iam::123456789012:role/posthog-export"}"""),
        (801, "snowflake", """
            {"name":"Warehouse loader","account":"acme-eu1","user":"POSTHOG_LOADER","password":"example-password"}
            """),
        (802, "snowflake", """
            {"name":"Warehouse loader key","account":"acme-eu1","user":"POSTHOG_LOADER","authentication_type":"keypair",
            "private_key":"example-private-key-pem"}
            """),
        (811, "postgresql", """{"host":"db.acme.example","port":5432,"user":"posthog","password":"example-password"}"""),
        (915, "google-cloud-service-account", $$"""{{{ServiceAccount}}}"""),
        (916, "google-cloud-service-account", $$"""
            {{{ServiceAccount}},"private_key":"example-private-key-pem","private_key_id":"0",
            "token_uri":"https://oauth2.googleapis.com/token"}
            """),
        (950, "databricks", """
            {"server_hostname":"dbc-00000000-0000.cloud.databricks.example","client_id":"0","client_secret":"example-secret"}
            """),
        (966, "azure-blob", """
            {"connection_string":"DefaultEndpointsProtocol=https;AccountName=acmeexports;AccountKey=ZXhhbXBsZQ=="}
            """),
    ];

    public static void Add(EmulatorState state, EmulatorOptions options)
    {
        var rules = new IntegrationRules(state, options);
        var project = state.FindProject(options.ProjectId)!;
        var at = state.Now.AddDays(-400);
        state.AddIntegration(new Integration(700, options.ProjectId, "slack")
        {
            Config = new JsonObject { ["team"] = new JsonObject { ["id"] = "T00000000", ["name"] = "acme" } },
            DisplayName = "acme",
            CreatedAt = at,
        });
        foreach (var (id, kind, config) in Samples)
        {
            var integration = rules.Check(kind, JsonNode.Parse(config)!.AsObject(), project);
            state.AddIntegration(integration with { Id = id, CreatedAt = at.AddDays(id - 600) });
        }
    }
}
