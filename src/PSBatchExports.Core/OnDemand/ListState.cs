namespace PSBatchExports.OnDemand;

/// <summary>What is known about further files of a list.</summary>
internal enum ListState
{
    /// <summary>More files may be listed.</summary>
    MayGrow,

    /// <summary>No more files are expected, because the list has not changed for long enough.</summary>
    Settled,

    /// <summary>It is certain that there are no more files, so a single one can be requested without its id.</summary>
    Complete,
}
