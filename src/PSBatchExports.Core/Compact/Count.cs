namespace PSBatchExports.Compact;

/// <summary>A number, or none, in 8 bytes; a nullable <see cref="long"/> takes 16.</summary>
internal readonly record struct Count
{
    // No service counts this far down.
    private const long None = long.MinValue;

    // The default is none, too.
    private readonly long _difference;

    public Count(long? number) => _difference = (number ?? None) ^ None;

    public long? Value => _difference == 0 ? null : _difference ^ None;
}
