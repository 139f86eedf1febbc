namespace PSBatchExports.Core.Tests.Reports;

/// <summary>Reports that were not read from a service.</summary>
internal static class SampleReports
{
    public static readonly DateTimeOffset Now = new(2026, 11, 30, 21, 30, 0, TimeSpan.Zero);

    private static readonly string[] Verdicts =
    [
        HealthVerdict.Fresh, HealthVerdict.Late, HealthVerdict.Stalled, HealthVerdict.Failing, HealthVerdict.PausedByService,
        HealthVerdict.PausedByUser, HealthVerdict.NeverRan, HealthVerdict.OnlyEmpty, HealthVerdict.Ended,
    ];

    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Exports with each verdict, the first of which has a gap, errors and commands; the last could not be read.</summary>
    public static IReadOnlyList<ExportReport> All =>
    [
        WithGap("prod-events"),
        .. Verdicts.Select(verdict => Of($"{verdict} export", verdict)),
        new ExportReport
        {
            Name = "lost",
            ApiHost = new Uri("https://us.posthog.com"),
            Scope = ApiScope.Project("12345"),
            Window = new TimeRange(Start, Now),
            Error = "The key lacks the scope batch_export:read.",
        },
    ];

    /// <summary>An export whose only interval in November was exported.</summary>
    public static ExportReport Of(string name, string verdict = HealthVerdict.Fresh) => new()
    {
        Name = name,
        ApiHost = new Uri("https://us.posthog.com"),
        Scope = ApiScope.Project("12345"),
        Window = new TimeRange(Start, Now),
        Export = new BatchExport
        {
            Id = "0195f1c2-0000-0000-0000-000000000001",
            Name = name,
            Model = "events",
            Interval = "hour",
            Destination = BatchExportDestination.Create("AwsS3", config: null),
        },
        Health = new BatchExportHealth
        {
            BatchExportId = "0195f1c2-0000-0000-0000-000000000001",
            Verdict = verdict,
            Reason = $"It is {verdict}.",
            DataUntil = Now.AddMinutes(-30),
            Lag = TimeSpan.FromMinutes(30),
            NextExpected = Now.AddMinutes(46),
        },
        Coverage = [Stretch(BatchExportCoverageState.Covered, 0, 717)],
        Rows = [new ReportRows(new TimeRange(Start, Start.AddDays(1)), 2400)],
    };

    /// <summary>An export of which all that comes from the service is the same text.</summary>
    public static ExportReport WithGap(string text) => Of(text, HealthVerdict.Failing) with
    {
        Export = new BatchExport
        {
            Id = text,
            Name = text,
            Model = text,
            Interval = text,
            Destination = BatchExportDestination.Create(text, config: null),
        },
        Health = new BatchExportHealth { BatchExportId = text, Verdict = HealthVerdict.Failing, Reason = text },
        Coverage =
        [
            Stretch(BatchExportCoverageState.Covered, 0, 400),
            Stretch(BatchExportCoverageState.Missing, 400, 5),
            Stretch(BatchExportCoverageState.Covered, 405, 312),
        ],
        Gaps =
        [
            new BatchExportGap
            {
                BatchExportId = text,
                Start = Start.AddHours(400),
                End = Start.AddHours(405),
                Intervals = 5,
                State = BatchExportCoverageState.Missing,
                Exactness = GapExactness.ByEventTime,
                Reason = text,
            },
        ],
        LatestFailures = [new BatchExportRun { Status = text, LatestError = text, DataIntervalStart = Start, DataIntervalEnd = Now }],
        Commands = [new ReportCommand(text, text)],
    };

    /// <summary>The page of reports.</summary>
    public static string Page(params ExportReport[] reports)
    {
        using var output = new StringWriter();
        ReportPage.Write(output, reports, Now);
        return output.ToString();
    }

    private static BatchExportCoverage Stretch(string state, int hour, int hours) => new()
    {
        BatchExportId = "0195f1c2-0000-0000-0000-000000000001",
        Start = Start.AddHours(hour),
        End = Start.AddHours(hour + hours),
        Intervals = hours,
        State = state,
        Records = state == BatchExportCoverageState.Covered ? hours * 100 : null,
    };
}
