namespace PSBatchExports.Async;

/// <summary>Whether the user has answered "Yes to All" or "No to All".</summary>
internal sealed class AnswerToAll
{
    public bool Yes { get; set; }

    public bool No { get; set; }
}
