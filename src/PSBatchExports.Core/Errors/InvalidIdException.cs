#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>A text that cannot be the id of anything; nothing was sent.</summary>
public sealed class InvalidIdException : ArgumentException
{
    internal InvalidIdException(string id) : base($"'{DisplayText.Clean(id)}' is not an id: ids hold letters, digits, '-' and '_' only.") => Id = id;

    /// <summary>The text.</summary>
    public string Id { get; }
}
