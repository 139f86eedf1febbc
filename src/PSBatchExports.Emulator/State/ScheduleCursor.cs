namespace PSBatchExports.Emulator.State;

/// <summary>Walks over the intervals of an export's schedule, whose settings may change on the way.</summary>
/// <param name="from">Intervals that end later are due.</param>
internal sealed class ScheduleCursor(StoredExport export, DateTimeOffset from, int seed)
{
    private ScheduleGrid? _grid;
    private TimeSpan _delay;
    private DataInterval _next;
    private DateTimeOffset _reached = from;

    /// <summary>When the run of the next interval starts.</summary>
    public DateTimeOffset NextStart
    {
        get
        {
            if (_grid?.IsOf(export) != true)
                FollowSettings();
            return _next.End + _delay;
        }
    }

    /// <summary>Moves to the next interval. Returns the one before if the export runs it.</summary>
    public DataInterval? Pass()
    {
        var due = _next;
        _next = new DataInterval(due.End, _grid!.After(due.End));
        return export.Paused || export.ScheduleMissing || due.End < export.StartAt || due.End > export.EndAt ? null : due;
    }

    /// <summary>Settings that change from now on apply to intervals that end after this time.</summary>
    public void Reach(DateTimeOffset now) => _reached = now;

    private void FollowSettings()
    {
        _grid = ScheduleGrid.Of(export);
        _delay = ScheduleDelay.Of(export, export.Interval, seed);
        _next = new DataInterval(_grid.AtOrBefore(_reached), _grid.After(_reached));
    }
}
