namespace PSBatchExports.Exports;

/// <summary>Adds to an update the fields that the server requires with the changed ones (docs/wire.md, sections 6 to 8).</summary>
internal static class UpdateRules
{
    public static bool NeedsStored(BatchExportFields changes) => ScheduleNeedsStored(changes) || DestinationNeedsStored(changes);

    public static BatchExportFields Complete(BatchExportFields changes, BatchExport stored)
    {
        if (DestinationNeedsStored(changes))
            changes = changes with { Destination = Complete(changes.Destination.Value!, stored.Destination) };

        return ScheduleNeedsStored(changes) ? CompleteSchedule(changes, stored) : changes;
    }

    private static bool ScheduleNeedsStored(BatchExportFields changes)
    {
        if (!changes.Interval.HasValue)
            return changes.OffsetDay.HasValue || changes.OffsetHour.HasValue;

        return changes.Interval.Value switch
        {
            "week" => changes.OffsetDay.HasValue != changes.OffsetHour.HasValue,

            // If the stored interval is a week, the server would keep the offset of up to a week for the day.
            "day" => !changes.OffsetHour.HasValue,
            _ => false,
        };
    }

    private static BatchExportFields CompleteSchedule(BatchExportFields changes, BatchExport stored)
    {
        if (!changes.Interval.HasValue)
            changes = changes with { Interval = stored.Interval };

        return changes.Interval.Value switch
        {
            "week" when changes.OffsetDay.HasValue && !changes.OffsetHour.HasValue =>
                changes with { OffsetHour = stored.OffsetHour ?? 0 },
            "week" when changes.OffsetHour.HasValue && !changes.OffsetDay.HasValue =>
                changes with { OffsetDay = stored.OffsetDay ?? DayOfWeek.Sunday },
            "day" when !changes.OffsetHour.HasValue && stored.Interval == "week" =>
                changes with { OffsetHour = stored.OffsetHour ?? 0 },
            _ => changes,
        };
    }

    private static bool DestinationNeedsStored(BatchExportFields changes) =>
        changes.Destination is { HasValue: true, Value: { } destination }
        && (destination.Type is null || (!destination.IntegrationIsGiven && !KeepsIntegration(destination.Type)));

    // A type newer than this module may remove it.
    private static bool KeepsIntegration(string type) => DestinationType.Find(type) is { KeepsIntegration: true };

    private static BatchExportDestination Complete(BatchExportDestination changes, BatchExportDestination? stored)
    {
        var type = changes.Type ?? stored?.Type;
        var mustResend = !changes.IntegrationIsGiven
            && type is not null
            && !KeepsIntegration(type)
            && stored?.Integration is not null;
        return new()
        {
            Type = type,
            Config = changes.Config,
            Integration = mustResend ? stored!.Integration : changes.Integration,
            IntegrationIsGiven = changes.IntegrationIsGiven || mustResend,
        };
    }
}
