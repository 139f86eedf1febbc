namespace PSBatchExports;

/// <summary>Exports cannot be copied.</summary>
public sealed class ExportCopyException : ArgumentException
{
    internal ExportCopyException(string message, ExportCopyFailure reason, IReadOnlyList<string>? problems = null)
        : base(message) => (Reason, Problems) = (reason, problems ?? []);

    /// <summary>The reason.</summary>
    public ExportCopyFailure Reason { get; }

    /// <summary>Everything that has to be resolved before anything is copied.</summary>
    public IReadOnlyList<string> Problems { get; }
}

/// <summary>Why exports cannot be copied.</summary>
public enum ExportCopyFailure
{
    /// <summary>Integrations, secrets or names are unresolved. Nothing was copied.</summary>
    Unresolved,

    /// <summary>The target project has an export of that name with another configuration, or several of that name.</summary>
    NameTaken,
}
