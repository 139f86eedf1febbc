using System.Globalization;

namespace PSBatchExports.Emulator.CommandLine;

/// <summary>Parses <c>--name value</c>, <c>--name=value</c> and switches.</summary>
internal static class ArgumentParser
{
    private const NumberStyles SignedDecimal = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;

    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(3650);
    private static readonly TimeSpan MaxLatency = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxClockOffset = TimeSpan.FromDays(365);

    private static readonly Unit[] Units =
    [
        new('s', TimeSpan.FromSeconds(1)),
        new('m', TimeSpan.FromMinutes(1)),
        new('h', TimeSpan.FromHours(1)),
        new('d', TimeSpan.FromDays(1)),
    ];

    private static readonly Option[] Options =
    [
        Option.Value("--port", "port of the API (0: a free one)", (o, v) => o with { Port = Int(v, 0, 65535) }),
        Option.Value("--storage-port", "port of the storage origin (0: a free one)", (o, v) => o with { StoragePort = Int(v, 0, 65535) }),
        Option.Value("--api-key", "the key with full access", (o, v) => o with { ApiKey = v }),
        Option.Value("--project-id", "the project", (o, v) => o with { ProjectId = Int(v, 1, 1_000_000_000) }),
        Option.Value("--organization-id", "the organization", (o, v) => o with { OrganizationId = Guid.Parse(v) }),
        Option.Value("--seed", "decides ids and generated events", (o, v) => o with { Seed = Int(v, int.MinValue, int.MaxValue) }),
        Option.Value("--exports", "scheduled exports at the start", (o, v) => o with { Exports = Int(v, 0, 200_000) }),
        Option.Value("--projects", "further projects, each with as many exports", (o, v) => o with { Projects = Int(v, 0, 10_000) }),
        Option.Value("--history", "how far back their runs go, with outages and failures, such as 90d",
            (o, v) => o with { History = Span(v, MaxDuration) }),
        Option.Switch("--live-schedule", "exports run when their schedule says", o => o with { LiveSchedule = true }),
        Option.Value("--run-duration", "how long an on-demand run takes, as hh:mm:ss[.f], seconds, or 5m, 2h, 1d",
            (o, v) => o with { RunDuration = Span(v, MaxDuration) }),
        Option.Value("--list-duration", "how long the list of its files grows after completion",
            (o, v) => o with { ListDuration = Span(v, MaxDuration) }),
        Option.Switch("--runs-never-end", "on-demand runs go on until they are cancelled", o => o with { RunsNeverEnd = true }),
        Option.Value("--busy-days", "percentage of days of which a run can export only half",
            (o, v) => o with { BusyDays = Int(v, 0, 100) }),
        Option.Value("--failures-before-pause", "failed runs that pause an export (0: none do)",
            (o, v) => o with { FailuresBeforePause = Int(v, 0, int.MaxValue) }),
        Option.Switch("--unknown-export-not-found", "runs and backfills of no export are a 404",
            o => o with { UnknownExportNotFound = true }),
        Option.Value("--events-per-hour", "generated events per hour of a data interval",
            (o, v) => o with { EventsPerHour = Int(v, 1, 100_000_000) }),
        Option.Switch("--trailing-empty-file", "the last row fills its file: one more file, without rows",
            o => o with { TrailingEmptyFile = true }),
        Option.Switch("--parquet-codec-in-names", "names such as .parquet.zst", o => o with { ParquetCodecInNames = true }),
        Option.Switch("--single-part-tags", "entity tags are the MD5 of the content", o => o with { SinglePartTags = true }),
        Option.Switch("--kms-encryption", "entity tags say nothing about the content", o => o with { KmsEncryption = true }),
        Option.Switch("--no-content-disposition", "the storage does not name files as their URLs ask for",
            o => o with { ContentDisposition = false }),
        Option.Value("--workers", "processes that write runs, each with its own order of columns and rows",
            (o, v) => o with { Workers = Int(v, 1, 1000) }),
        Option.Value("--concurrent-download-limit", "active on-demand runs a project may have",
            (o, v) => o with { ConcurrentDownloadLimit = Int(v, 0, int.MaxValue) }),
        Option.Value("--concurrent-backfill-limit", "active backfills a project may have",
            (o, v) => o with { ConcurrentBackfillLimit = Int(v, 0, int.MaxValue) }),
        Option.Switch("--rate-limiting", "turn the request throttles on", o => o with { RateLimiting = true }),
        Option.Value("--requests-per-minute", "burst throttle", (o, v) => o with { RequestsPerMinute = Int(v, 1, int.MaxValue) }),
        Option.Value("--requests-per-hour", "sustained throttle", (o, v) => o with { RequestsPerHour = Int(v, 1, int.MaxValue) }),
        Option.Value("--bytes-per-second", "speed of the storage origin per connection", (o, v) => o with { BytesPerSecond = Long(v, 1) }),
        Option.Value("--signed-url-lifetime", "how long a signed URL is good for",
            (o, v) => o with { SignedUrlLifetime = Span(v, MaxDuration) }),
        Option.Value("--file-retention", "how long files are kept", (o, v) => o with { FileRetention = Span(v, MaxDuration) }),
        Option.Switch("--strict-newest", "no organization routes, as on the newest server", o => o with { StrictNewest = true }),
        Option.Switch("--older-server", "the older behaviours where versions differ", o => o with { OlderServer = true }),
        Option.Switch("--no-environment-deprecation-headers", "no deprecation headers under /api/environments/",
            o => o with { EnvironmentDeprecationHeaders = false }),
        Option.Switch("--no-hogql", "feature flag off: the hogql model", o => o with { HogQL = false }),
        Option.Switch("--no-high-frequency", "feature flag off: intervals below one hour", o => o with { HighFrequency = false }),
        Option.Switch("--workflows", "feature flag on: the Workflows destination", o => o with { Workflows = true }),
        Option.Switch("--backfill-from-beginning", "feature flag on: backfills without a start",
            o => o with { BackfillFromBeginning = true }),
        Option.Value("--clock-offset", "how far the service's clock is ahead of this machine's",
            (o, v) => o with { TimeProvider = new ShiftedClock(Offset(v)) }),
        Option.Value("--latency", "added to each response of the API", (o, v) => o with { Latency = Span(v, MaxLatency) }),
    ];

    private static readonly (string Name, string Text, Func<Arguments, Arguments> Apply)[] ProgramOptions =
    [
        ("--json", "print one line of JSON and nothing else", a => a with { Json = true }),
        ("--stop-on-stdin-end", "stop when the standard input is closed", a => a with { StopOnStdinEnd = true }),
        ("--help", "show this text", a => a with { Help = true }),
    ];

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var arguments = new Arguments();
        for (var index = 0; index < args.Count; index++)
        {
            var (name, inline) = Split(args[index]);
            if (Array.Find(ProgramOptions, p => p.Name == name) is { Apply: { } apply } && inline is null)
                arguments = apply(arguments);
            else if (Array.Find(Options, o => o.Name == name) is not { } option)
                throw new CommandLineException($"Unknown option: {name}. Use --help to see the options.");
            else if (!option.TakesValue)
                arguments = arguments with { Emulator = Apply(option, arguments.Emulator, inline ?? "true") };
            else if ((inline ?? args.ElementAtOrDefault(++index)) is { } value)
                arguments = arguments with { Emulator = Apply(option, arguments.Emulator, value) };
            else
                throw new CommandLineException($"{name} requires a value.");
        }

        return arguments;
    }

    public static string HelpText()
    {
        var lines = Options.Select(o => (Left: o.TakesValue ? $"{o.Name} <value>" : o.Name, Right: o.Text))
            .Concat(ProgramOptions.Select(p => (Left: p.Name, Right: p.Text)))
            .Select(l => $"  {l.Left,-40}{l.Right}");
        return "A local stand-in for the PostHog batch export service.\n\nOptions:\n" + string.Join('\n', lines);
    }

    private static (string Name, string? Value) Split(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static EmulatorOptions Apply(Option option, EmulatorOptions options, string value)
    {
        try
        {
            return option.Apply(options, value);
        }
        catch (OutOfRangeException error)
        {
            throw new CommandLineException($"'{value}' is not a valid value for {option.Name}; valid values are {error.Message}.", error);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new CommandLineException($"'{value}' is not a valid value for {option.Name}.", error);
        }
    }

    private static int Int(string text, int min, int max) =>
        InRange(int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), min, max);

    private static long Long(string text, long min) =>
        InRange(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), min, long.MaxValue);

    private static TimeSpan Span(string text, TimeSpan max) => InRange(Span(text), TimeSpan.Zero, max);

    private static TimeSpan Offset(string text) => InRange(Span(text), -MaxClockOffset, MaxClockOffset);

    private static TimeSpan Span(string text)
    {
        var unit = text.Length == 0 ? null : Array.Find(Units, u => u.Suffix == text[^1]);
        var number = unit is null ? text : text[..^1];
        return double.TryParse(number, SignedDecimal, CultureInfo.InvariantCulture, out var count)
            ? count * (unit?.Length ?? TimeSpan.FromSeconds(1))
            : TimeSpan.Parse(text, CultureInfo.InvariantCulture);
    }

    private static T InRange<T>(T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0
            ? value
            : throw new OutOfRangeException(FormattableString.Invariant($"from {min} to {max}"));

    private sealed record Unit(char Suffix, TimeSpan Length);

    private sealed class OutOfRangeException(string message) : Exception(message);

    private sealed record Option(string Name, string Text, bool TakesValue, Func<EmulatorOptions, string, EmulatorOptions> Apply)
    {
        public static Option Value(string name, string text, Func<EmulatorOptions, string, EmulatorOptions> apply) =>
            new(name, text, TakesValue: true, apply);

        /// <summary>Also accepts <c>--name=false</c>, which has no effect.</summary>
        public static Option Switch(string name, string text, Func<EmulatorOptions, EmulatorOptions> apply) =>
            new(name, text, TakesValue: false, (options, value) => bool.Parse(value) ? apply(options) : options);
    }
}
