using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api;

/// <summary>Writes integrations as the service does.</summary>
internal static class IntegrationJson
{
    public static JsonObject Create(Integration integration, bool olderServer)
    {
        var json = new JsonObject
        {
            ["id"] = integration.Id,
            ["kind"] = integration.Kind,
            ["config"] = integration.Config.DeepClone(),
            ["created_at"] = WireTime.Format(integration.CreatedAt),
            ["created_by"] = integration.CreatorGone ? null : Creator(),
            ["errors"] = "",
            ["display_name"] = integration.DisplayName,
        };
        if (!olderServer)
        {
            json["files_write_requestable"] = integration.Kind == "slack";
            json["installation_shared"] = null;
            json["installation_status"] = null;
        }

        return json;
    }

    private static JsonObject Creator() => new()
    {
        ["id"] = 4711,
        ["uuid"] = "0195f1c2-9b10-0000-2d4c-7e6f5a4b3c21",
        ["distinct_id"] = "exampledistinctid0000000000000000000000001",
        ["first_name"] = "Export",
        ["last_name"] = "Robot",
        ["email"] = "export.robot@acme.example",
        ["is_email_verified"] = true,
        ["hedgehog_config"] = null,
        ["role_at_organization"] = null,
    };
}
