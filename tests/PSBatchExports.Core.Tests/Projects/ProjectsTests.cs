using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>The projects that a key can see.</summary>
public sealed class ProjectsTests
{
    [Fact]
    public async Task Projects_are_listed_by_number()
    {
        await using var service = await TestService.StartAsync();

        var all = await service.Client.Projects.ListAsync().ToListAsync();

        Assert.Equal([12345, 12399], all.Select(project => project.ProjectId));
        Assert.Equal(
            ("Acme web", "0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e88", "Europe/Berlin", service.Client.ApiHost.AbsoluteUri),
            (all[0].Name, all[0].OrganizationId, all[0].TimeZone, all[0].ApiHost));
        Assert.Equal("/api/projects/", Assert.Single(service.Requests).Path);
    }

    [Fact]
    public async Task Skip_and_First_count_the_selected_projects()
    {
        await using var service = await TestService.StartAsync();
        for (var number = 1; number <= 250; number++)
        {
            service.Emulator.State.AddProject(
                new Project(number, service.Emulator.Options.OrganizationId) { Name = number % 2 == 0 ? "even" : "odd" });
        }

        long? total = 0;
        var paging = new Paging
        {
            Skip = 2,
            First = 3,
            OnTotal = count =>
            {
                total = count;
                return ValueTask.CompletedTask;
            },
        };
        var found = await service.Client.Projects.ListAsync(paging, project => project.Name == "even").ToListAsync();

        Assert.Equal([6, 8, 10], found.Select(project => project.ProjectId));
        Assert.Null(total);
    }

    [Fact]
    public async Task A_list_of_nothing_sends_nothing()
    {
        await using var service = await TestService.StartAsync();

        Assert.Empty(await service.Client.Projects.ListAsync(new Paging { First = 0 }).ToListAsync());
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData(WellKnown.ThisProjectKey, true, null)]
    [InlineData(WellKnown.ReadOnlyKey, false, "project:read")]
    public async Task A_key_that_cannot_list_projects_is_told_why(string key, bool isLimited, string? missingScope)
    {
        await using var service = await TestService.StartAsync(connect: options => options with { ApiKey = TestService.Secret(key) });

        var failure = Assert.IsType<PermissionDeniedException>(await service.Client.Projects.ListAsync().ToListAsync().Failure());

        Assert.Equal((isLimited, missingScope), (failure.IsKeyLimitedToProjects, failure.MissingScope));
    }
}
