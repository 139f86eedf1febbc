using PSBatchExports.Core.Tests.Coverage;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.Reports;

/// <summary>A report says the same as the cmdlets do, and reads the runs of an export once.</summary>
public sealed class ReportCollectorTests
{
    public static TheoryData<HistoryIncident> Incidents => [.. Enum.GetValues<HistoryIncident>()];

    [Theory]
    [MemberData(nameof(Incidents))]
    public async Task Report_equals_coverage_gaps_and_health(HistoryIncident incident)
    {
        await using var service = await TestService.StartAsync();
        var export = await AddAsync(service, incident);
        var (api, start) = (service.Client.In(service.Project), service.Clock.GetUtcNow().AddDays(-90));

        var report = await new ReportCollector(service.Client, new ReportOptions { After = start }).CollectAsync(service.Project, export);

        Assert.Equal(await api.Health.GetAsync(export), report.Health);
        Assert.Equal(
            (await api.Coverage.GetAsync(export, start)).Select(Describe),
            report.Coverage.Select(Describe));
        Assert.Equal(
            (await api.Coverage.FindGapsAsync(export, start)).Select(gap => (Describe(gap), gap.Exactness)),
            report.Gaps.Select(gap => (Describe(gap), gap.Exactness)));
        Assert.Equal(report.Coverage.Sum(stretch => stretch.Records ?? 0), report.Rows.Sum(rows => rows.Records ?? 0));
    }

    [Theory]
    [MemberData(nameof(Incidents))]
    public async Task Runs_are_walked_once(HistoryIncident incident)
    {
        await using var service = await TestService.StartAsync();
        var export = await AddAsync(service, incident);
        service.Emulator.Requests.Clear();

        await new ReportCollector(service.Client, new ReportOptions()).CollectAsync(service.Project, export);

        var requests = service.Requests.Select(request => request.Path + request.Query).ToArray();
        Assert.Equal(requests.Length, requests.Distinct().Count());
        Assert.Single(requests, request => request.Contains("/runs/", StringComparison.Ordinal) && !request.Contains("cursor=", StringComparison.Ordinal));
        Assert.InRange(requests.Count(request => !request.Contains("/runs/", StringComparison.Ordinal)), 0, 2);
    }

    [Fact]
    public async Task Health_does_not_depend_on_how_much_time_is_shown()
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        service.AddExportWithHistory(string.Concat(Enumerable.Repeat("CMCCCCCCCCCCCCCCCCCCCCCC", 40)), TimeSpan.FromHours(1));
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var export = await ReadAsync(service);

        var month = await new ReportCollector(service.Client, new ReportOptions()).CollectAsync(service.Project, export);
        var day = await new ReportCollector(service.Client, new ReportOptions { After = end.AddDays(-1) }).CollectAsync(service.Project, export);

        Assert.Equal(HealthVerdict.Fresh, month.Health!.Verdict);
        Assert.Equal(month.Health, day.Health);
        Assert.NotEmpty(month.Gaps);
    }

    [Fact]
    public async Task Last_errors_are_the_newest_first()
    {
        await using var service = await TestService.StartAsync();
        service.AddExportWithHistory("FFFFFFFCFCC", TimeSpan.FromHours(1));
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var report = await new ReportCollector(service.Client, new ReportOptions()).CollectAsync(service.Project, await ReadAsync(service));

        Assert.Equal(5, report.LatestFailures.Count);
        Assert.Equal(report.LatestFailures.OrderByDescending(run => run.CreatedAt), report.LatestFailures);
        Assert.Equal(service.Clock.GetUtcNow().AddMinutes(-20).AddHours(-2), report.LatestFailures[0].DataIntervalEnd);
    }

    [Fact]
    public async Task Window_begins_at_midnight_thirty_days_ago_and_ends_now()
    {
        await using var service = await TestService.StartAsync();

        var window = new ReportCollector(service.Client, new ReportOptions()).Window;

        Assert.Equal(new DateTimeOffset(2026, 9, 8, 0, 0, 0, TimeSpan.Zero), window.Start);
        Assert.Equal(service.Client.ServerTime, window.End);
    }

    [Fact]
    public async Task Start_in_the_future_shows_nothing()
    {
        await using var service = await TestService.StartAsync();
        service.AddExportWithHistory("CCC", TimeSpan.FromHours(1));
        var options = new ReportOptions { After = service.Clock.GetUtcNow().AddDays(1) };

        var report = await new ReportCollector(service.Client, options).CollectAsync(service.Project, await ReadAsync(service));

        Assert.Empty(report.Coverage);
        Assert.Empty(report.Rows);
    }

    [Fact]
    public async Task Error_of_an_export_hides_the_key()
    {
        await using var service = await TestService.StartAsync();
        var collector = new ReportCollector(service.Client, new ReportOptions());

        var report = collector.Fail(service.Project, "nightly", export: null, $"The key {service.Emulator.ApiKey} is not allowed.");

        Assert.Equal("The key *** is not allowed.", report.Error);
        Assert.Equal("nightly", report.Name);
    }

    private static async Task<BatchExport> AddAsync(TestService service, HistoryIncident incident)
    {
        var export = service.AddExport(createdAt: service.Clock.GetUtcNow().AddDays(-90));
        service.Emulator.State.AddHistory(export, TimeSpan.FromDays(90), incident);
        return await ReadAsync(service);
    }

    private static async Task<BatchExport> ReadAsync(TestService service)
    {
        var exports = new List<BatchExport>();
        await foreach (var export in service.Client.In(service.Project).Exports.ListAsync())
            exports.Add(export);

        return Assert.Single(exports);
    }

    private static string Describe(BatchExportCoverage stretch) =>
        $"{stretch} ({stretch.Intervals}, {stretch.Records}, {stretch.LatestError})";
}
