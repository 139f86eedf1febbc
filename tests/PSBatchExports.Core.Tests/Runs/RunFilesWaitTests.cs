using PSBatchExports.Emulator;
using Xunit;
using static PSBatchExports.Core.Tests.RunWaits;

namespace PSBatchExports.Core.Tests;

/// <summary>Completed runs are waited for until their lists of files are settled.</summary>
public class RunFilesWaitTests
{
    [Fact]
    public async Task A_run_that_completes_at_the_timeout_is_reported_with_its_files()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");

        var work = Wait(service, [Reference(service, run)], timeout: TimeSpan.FromSeconds(3)).ToListAsync();
        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, Step).WithTimeout());

        Assert.True(outcome is { IsTimedOut: false, Run: { Status: "Completed", Files.Count: 1 } });
    }

    [Fact]
    public async Task A_run_whose_list_still_grows_after_the_grace_period_is_reported_with_an_open_list()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        foreach (var count in Enumerable.Range(1, 9))
        {
            var files = string.Join(',', Enumerable.Range(0, count).Select(file => $"\"f{file}\""));
            service.Answer($$"""{"status":"Completed","files":[{{files}}],"records_completed":2}""");
        }

        var work = Wait(service, [Reference(service, run)], timeout: TimeSpan.FromSeconds(3)).ToListAsync();
        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, Step).WithTimeout());

        Assert.True(outcome is { IsTimedOut: true, IsListOpen: true, Run.Status: "Completed" });
        Assert.InRange((service.Requests[^1].At - service.Clock.Start).TotalSeconds, 5, 15);
    }

    [Fact]
    public async Task A_run_that_only_the_list_shows_as_completed_is_waited_for_beyond_the_timeout()
    {
        await using var service = await TestService.StartAsync();
        var runs = Enumerable.Range(0, 5).Select(_ => service.AddRun("Completed")).ToArray();
        service.Break(new Fault { Status = 200, Body = """{"status":"Running"}""", Times = 100, PathPattern = $"{runs[2].Id}/$" });

        var references = runs.Select(run => Reference(service, run));
        var work = Wait(service, [.. references], timeout: TimeSpan.FromSeconds(3)).ToListAsync();
        var outcomes = await service.AdvanceUntilAsync(work, Step);

        Assert.Equal(4, outcomes.Count(outcome => outcome is { IsTimedOut: false, Run.Status: "Completed" }));
        var open = Assert.Single(outcomes, outcome => outcome.IsTimedOut);
        Assert.True(open.IsListOpen);
        Assert.Equal(runs[2].Id.ToString(), open.Reference.RunId);
    }

    [Fact]
    public async Task The_files_of_a_run_are_reported_once_their_list_has_settled()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        foreach (var files in new[] { "\"a\"", "\"a\",\"b\"", "\"a\",\"b\"" })
            service.Answer($$"""{"status":"Completed","files":[{{files}}],"records_completed":2}""");

        var work = Wait(service, [Reference(service, run)]).ToListAsync();
        var outcome = Assert.Single(await service.AdvanceUntilAsync(work, TimeSpan.FromSeconds(1)).WithTimeout());

        Assert.Equal(["a", "b"], outcome.Run!.Files);
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task A_scheduled_run_has_no_files_to_wait_for()
    {
        await using var service = await TestService.StartAsync();
        service.Answer("""{"id":"r","status":"Completed","files":["a"]}""");

        var outcome = Assert.Single(await Wait(service, [new(service.Project, "r", "e")]).ToListAsync());

        Assert.Equal("Completed", outcome.Run!.Status);
        Assert.Single(service.Requests);
    }
}
