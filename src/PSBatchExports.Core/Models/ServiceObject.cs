namespace PSBatchExports;

/// <summary>Something that the service told of. It remembers over which connection, so that what is done with it goes back there.</summary>
public abstract record ServiceObject
{
    private protected ServiceObject()
    {
    }

    internal BatchExportConnection? Connection { get; init; }
}
