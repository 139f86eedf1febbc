namespace PSBatchExports.Ledger;

/// <summary>What the lines of a ledger say together: the settings of each model, and the windows.</summary>
internal sealed class LedgerContent(string path)
{
    private const double MaxSecondsOfWindow = 366 * 86400;

    private readonly Dictionary<string, LedgerSettings> _settings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Model, DateTimeOffset Start), BatchExportLedgerEntry> _windows = [];
    private readonly HashSet<string> _runs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All windows, by model and start.</summary>
    public IReadOnlyCollection<BatchExportLedgerEntry> Windows => _windows.Values;

    /// <summary>All runs that were ever started for a window.</summary>
    public IReadOnlySet<string> Runs => _runs;

    /// <summary>The windows of a model, by start.</summary>
    public IEnumerable<BatchExportLedgerEntry> WindowsOf(string model) => Windows.Where(window => window.Model == model);

    /// <summary>The settings of a model's windows; null if it has none.</summary>
    public LedgerSettings? SettingsOf(string model) => _settings.GetValueOrDefault(model);

    /// <summary>The window that starts at a time; null if none does.</summary>
    public BatchExportLedgerEntry? Find(string model, DateTimeOffset start) => _windows.GetValueOrDefault((model, start));

    /// <exception cref="FormatException">The line does not fit those before it.</exception>
    public void Apply(LedgerLine line)
    {
        if (!IsName(line.Model))
            throw Lacks("model");

        switch (line.Event)
        {
            case LedgerEvents.Settings:
                if (line.Version > LedgerLine.CurrentVersion)
                    throw new FormatException($"it has version {line.Version}, and this module reads up to {LedgerLine.CurrentVersion}");

                _settings[line.Model] = line.Settings ?? throw Lacks("settings");
                break;
            case LedgerEvents.Planned:
                Plan(line);
                break;
            case LedgerEvents.Split:
                Split(line);
                break;
            default:
                var window = WindowOf(line);
                if (line is { Event: LedgerEvents.Started, Run: { } run })
                    _runs.Add(run);

                _windows[(window.Model, window.Start)] = Advance(window, line);
                break;
        }
    }

    private static BatchExportLedgerEntry Advance(BatchExportLedgerEntry window, LedgerLine line)
    {
        var at = window with
        {
            At = line.At,
            EarlierFiles = window.State == LedgerState.Saved ? [.. window.Files.Select(file => file.Name)] : window.EarlierFiles,
        };
        return line.Event switch
        {
            LedgerEvents.Intent => Emptied(at, LedgerState.Started) with { NewestRunBefore = line.After },
            LedgerEvents.Withdrawn => Emptied(at, LedgerState.Planned),
            LedgerEvents.Started => Emptied(at, LedgerState.Started) with { RunId = line.Run ?? throw Lacks("run") },
            LedgerEvents.Completed => at with { State = LedgerState.Completed, Records = line.Records, Error = null },
            LedgerEvents.Failed => at with { State = LedgerState.Failed, Error = line.Error },
            LedgerEvents.Saved => at with
            {
                State = LedgerState.Saved,
                Records = line.Records,
                Folder = IsRelative(line.Folder) ? line.Folder : throw Lacks("folder"),
                Files = line.Files?.All(IsPlain) == true ? line.Files : throw Lacks("files"),
                Bytes = line.Files.Sum(file => file.Length),
                Error = null,
            },
            _ => throw new FormatException($"it has the unknown event '{line.Event}'"),
        };
    }

    private static BatchExportLedgerEntry Emptied(BatchExportLedgerEntry window, string state) => window with
    {
        State = state,
        RunId = null,
        Records = null,
        Files = [],
        Bytes = null,
        Folder = null,
        Error = null,
        NewestRunBefore = null,
    };

    private void Plan(LedgerLine line)
    {
        var (start, end) = Bounds(line);
        if (line.Every is not (>= 1 and <= MaxSecondsOfWindow))
            throw Lacks("every");

        foreach (var window in LedgerWindows.Cut(new TimeRange(start, end), TimeSpan.FromSeconds(line.Every.Value)))
            Add(line, window.Start, window.End);
    }

    private void Split(LedgerLine line)
    {
        var window = WindowOf(line);
        if (line.Middle is not { } middle || middle <= window.Start || middle >= window.End)
            throw Lacks("middle");

        _windows.Remove((window.Model, window.Start));
        Add(line, window.Start, middle);
        Add(line, middle, window.End);
    }

    private void Add(LedgerLine line, DateTimeOffset start, DateTimeOffset end)
    {
        var window = new BatchExportLedgerEntry
        {
            Model = line.Model,
            Start = start.ToUniversalTime(),
            End = end.ToUniversalTime(),
            State = LedgerState.Planned,
            At = line.At,
            Ledger = path,
        };
        if (!_windows.TryAdd((window.Model, window.Start), window))
            throw new FormatException($"the window {window} was planned before");
    }

    private BatchExportLedgerEntry WindowOf(LedgerLine line)
    {
        var (start, end) = Bounds(line);
        return Find(line.Model, start.ToUniversalTime()) is { } window && window.End == end
            ? window
            : throw new FormatException($"no window from {start:u} to {end:u} was planned");
    }

    private static (DateTimeOffset Start, DateTimeOffset End) Bounds(LedgerLine line) =>
        line is { Start: { } start, End: { } end } && start < end ? (start, end) : throw Lacks("start and end");

    // What is read from a ledger must not lead out of its folder.
    private static bool IsName(string? name) => name is not (null or "" or "." or "..") && name.IndexOfAny(['/', '\\', ':']) < 0;

    private static bool IsRelative(string? folder) => folder?.Split('/').All(IsName) == true;

    private static bool IsPlain(LedgerFile? file) => file is { Length: >= 0 } && IsName(file.Name);

    private static FormatException Lacks(string what) => new($"it has no valid {what}");
}
