using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

public sealed class SecretTests
{
    [Theory]
    [InlineData(
        "HTTP",
        """{"url":"https://eu.i.posthog.com/batch/","token":"phc_kept"}""",
        "token",
        "url",
        "https://us.i.posthog.com/batch/")]
    [InlineData("Postgres", """{"database":"d","host":"db.example.com","user":"u","password":"kept"}""", "password", "table_name", "other")]
    [InlineData("Redshift", """{"database":"d","host":"db.example.com","user":"u","password":"kept"}""", "password", "schema", "other")]
    public async Task Stored_secrets_stay_when_another_key_is_changed(string type, string config, string secret, string key, string value)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(type, integration: null, config: config);
        var before = export.Config[secret]!.ToJsonString();

        var changed = await service.Client.In(service.Project).Exports.UpdateAsync(export.Id.ToString(), new BatchExportFields
        {
            Destination = BatchExportDestination.Create(type: null, new Dictionary<string, object?> { [key] = value }),
        });

        Assert.Equal(value, changed.Destination!.Config[key]);
        Assert.False(changed.Destination.Config.Contains(secret));
        Assert.Equal(before, export.Config[secret]!.ToJsonString());
    }
}
