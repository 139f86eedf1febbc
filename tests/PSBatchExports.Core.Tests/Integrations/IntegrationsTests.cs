using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Integrations and which exports use them.</summary>
public sealed class IntegrationsTests
{
    private const string Copy = """
        {
            "database":"d","mode":"COPY",
            "copy_inputs":{"s3_bucket":"b","region_name":"r","authorization":{{authorization}},"bucket_credentials":{{credentials}}}
        }
        """;

    [Fact]
    public async Task Integrations_are_named_by_name_then_description_then_number()
    {
        await using var service = await TestService.StartAsync();
        service.Emulator.State.AddIntegration(new Integration(999, service.Emulator.Options.ProjectId, "vercel"));

        var all = await service.Client.In(service.Project).Integrations.ListAsync().ToListAsync();

        Assert.Equal("Export bucket key", Assert.Single(all, item => item.IntegrationId == 731).Name);
        Assert.Equal("db.acme.example-5432-posthog", Assert.Single(all, item => item.IntegrationId == 811).Name);
        Assert.Equal("999", Assert.Single(all, item => item.IntegrationId == 999).Name);
        Assert.All(all, item => Assert.Null(item.UsedBy));
        Assert.All(all, item => Assert.Equal(service.Client.ApiHost.AbsoluteUri, item.ApiHost));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Integrations_are_listed_page_by_page()
    {
        await using var service = await TestService.StartAsync();
        for (var id = 2000; id < 2250; id++)
            service.Emulator.State.AddIntegration(new Integration(id, service.Emulator.Options.ProjectId, "slack"));

        long? total = 0;
        var paging = new Paging
        {
            Skip = 1,
            OnTotal = count =>
            {
                total = count;
                return ValueTask.CompletedTask;
            },
        };
        var all = await service.Client.In(service.Project).Integrations.ListAsync(paging).ToListAsync();

        Assert.Equal(service.Emulator.State.Integrations.Count, total);
        Assert.Equal(total - 1, all.Select(item => item.IntegrationId).Distinct().Count());
    }

    [Fact]
    public async Task One_integration_is_read_by_its_number()
    {
        await using var service = await TestService.StartAsync();
        var integrations = service.Client.In(service.Project).Integrations;

        Assert.Equal("snowflake", (await integrations.GetAsync(802).WithTimeout()).Kind);
        Assert.IsType<NotFoundException>(await integrations.GetAsync(1).Failure());
    }

    [Theory]
    [InlineData("731", "\"arn:aws:iam::123456789012:role/r\"")]
    [InlineData("732", "731")]
    [InlineData("{}", "\"731\"")]
    public async Task Credentials_inside_of_copy_inputs_count_as_use(string credentials, string authorization)
    {
        await using var service = await TestService.StartAsync();
        var config = Copy
            .Replace("{{authorization}}", authorization, StringComparison.Ordinal)
            .Replace("{{credentials}}", credentials, StringComparison.Ordinal);
        var export = service.AddExport("Redshift", 640, config: config);

        var all = await service.Client.In(service.Project).Integrations.ListAsync(includeUse: true).ToListAsync();

        Assert.Equal([export.Name], Assert.Single(all, item => item.IntegrationId == 731).UsedBy);
        Assert.Equal([export.Name], Assert.Single(all, item => item.IntegrationId == 640).UsedBy);
        Assert.Empty(Assert.Single(all, item => item.IntegrationId == 802).UsedBy!);
    }

    [Fact]
    public async Task Users_of_an_integration_are_sorted_by_name_and_include_paused_exports()
    {
        await using var service = await TestService.StartAsync();
        service.AddExport().Name = "b";
        service.AddExport().Name = "C";
        var paused = service.AddExport();
        paused.Name = "a";
        paused.Paused = true;

        var all = await service.Client.In(service.Project).Integrations.ListAsync(includeUse: true).ToListAsync();

        Assert.Equal(["a", "b", "C"], Assert.Single(all, item => item.IntegrationId == 731).UsedBy);
    }

    [Fact]
    public async Task A_key_without_the_scope_is_told_which_one()
    {
        await using var service = await TestService.StartAsync(
            connect: options => options with { ApiKey = TestService.Secret(WellKnown.ReadOnlyKey) });

        var failure = await service.Client.In(service.Project).Integrations.GetAsync(731).Failure();

        Assert.Equal("integration:read", Assert.IsType<PermissionDeniedException>(failure).MissingScope);
    }
}
