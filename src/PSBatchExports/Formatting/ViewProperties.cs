using System.Management.Automation;

namespace PSBatchExports.Formatting;

/// <summary>
/// What tables and lists show that is no property: the types file attaches these as hidden ones. Compiled, because views run in constrained language mode
/// too, and because a rule has one place. All text is fit for a terminal.
/// </summary>
public static class ViewProperties
{
    /// <summary>How often an export runs, in a word.</summary>
    /// <param name="instance">An export.</param>
    public static string? Every(PSObject instance) => Line.Of(Of<BatchExport>(instance).Interval) is { } interval
        ? interval.Replace("every ", "", StringComparison.Ordinal).Replace(" minutes", " min", StringComparison.Ordinal)
        : null;

    /// <summary>State and age of an export's newest run.</summary>
    /// <param name="instance">An export.</param>
    public static string? LastRun(PSObject instance) => RunText.Last(Newest(instance), Now);

    /// <summary>Why that run failed.</summary>
    /// <param name="instance">An export.</param>
    public static string? Error(PSObject instance) => Newest(instance) is { } run ? RunText.Reason(run) : null;

    /// <summary>The colour of that run's state.</summary>
    /// <param name="instance">An export.</param>
    public static string? LastRunColour(PSObject instance) => StateColour.Of(Newest(instance)?.Status);

    /// <summary>The colour of a state or level.</summary>
    /// <param name="instance">Anything that has one.</param>
    public static string? Colour(PSObject instance) => StateColour.Of(instance.BaseObject switch
    {
        BatchExport export => export.Status,
        BatchExportRun run => run.Status,
        BatchExportBackfill backfill => backfill.Status,
        DestinationTestResult result => result.Status,
        BatchExportLogEntry entry => entry.Level,
        _ => null,
    });

    /// <summary>The end of a run's data, in UTC.</summary>
    /// <param name="instance">A run.</param>
    public static string? DataUntil(PSObject instance) => SpanText.Minute(Of<BatchExportRun>(instance).DataIntervalEnd);

    /// <summary>What came of a run.</summary>
    /// <param name="instance">A run.</param>
    public static string? Result(PSObject instance) => RunText.Result(Of<BatchExportRun>(instance), Now);

    /// <summary>The span of a backfill and when it was started.</summary>
    /// <param name="instance">A backfill.</param>
    public static string Span(PSObject instance)
    {
        var backfill = Of<BatchExportBackfill>(instance);
        var span = SpanText.Between(backfill.StartAt, backfill.EndAt);
        return backfill.CreatedAt is { } created ? $"{span}, started {RelativeTime.Describe(created, Now)}" : span;
    }

    /// <summary>The size of a file.</summary>
    /// <param name="instance">A file.</param>
    public static string? Size(PSObject instance) =>
        (instance.BaseObject switch
        {
            BatchExportFile file => file.Length,
            SavedBatchExportFile saved => saved.Length,
            _ => null,
        }) is { } bytes ? ByteSize.Format(bytes) : null;

    /// <summary>How long saving took; nothing where the file was there before.</summary>
    /// <param name="instance">A saved file.</param>
    public static string Took(PSObject instance) => Of<SavedBatchExportFile>(instance) is { WasPresent: false } saved ? ReadableDuration.Format(saved.Duration) : "present";

    /// <summary>What has been proven of a saved file.</summary>
    /// <param name="instance">A saved file.</param>
    public static string Proof(PSObject instance) => Of<SavedBatchExportFile>(instance).Proof switch
    {
        FileProof.Bytes => "every byte",
        FileProof.Rows => "all rows",
        _ => "length",
    };

    /// <summary>The folder of a saved file.</summary>
    /// <param name="instance">A saved file.</param>
    public static string? Folder(PSObject instance) => Line.Of(Path.GetDirectoryName(Of<SavedBatchExportFile>(instance).FullName));

    /// <summary>When a line was written, in UTC.</summary>
    /// <param name="instance">A log entry.</param>
    public static string Time(PSObject instance) => SpanText.Second(Of<BatchExportLogEntry>(instance).Timestamp);

    /// <summary>A destination's settings without its secrets.</summary>
    /// <param name="instance">A destination.</param>
    public static string Config(PSObject instance) => ConfigText.Of(Of<BatchExportDestination>(instance));

    /// <summary>The connection over which the service told of something; null once it is closed. An object, as the types file is read before Core.</summary>
    /// <param name="instance">What it told of.</param>
    public static object? Connection(PSObject instance) =>
        BatchExportConnection.Of(instance.BaseObject) is { IsOpen: true } connection ? connection : null;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static BatchExportRun? Newest(PSObject instance) => Of<BatchExport>(instance).LatestRuns is [var newest, ..] ? newest : null;

    private static T Of<T>(PSObject instance) => (T)instance.BaseObject;
}
