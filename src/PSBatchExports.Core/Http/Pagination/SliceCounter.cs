namespace PSBatchExports;

/// <summary>Counts the items of a sequence to skip and to take.</summary>
/// <param name="skip">How many to skip.</param>
/// <param name="take">How many to take after that.</param>
public sealed class SliceCounter(ulong skip, ulong take)
{
    private ulong _toSkip = skip;
    private ulong _toTake = take;

    /// <summary>Whether all wanted items have been taken.</summary>
    public bool IsComplete => _toTake == 0;

    /// <summary>Counts one item.</summary>
    /// <returns>Whether to take it.</returns>
    public bool Takes()
    {
        if (_toSkip > 0)
        {
            _toSkip--;
            return false;
        }

        _toTake--;
        return true;
    }
}
