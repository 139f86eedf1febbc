namespace PSBatchExports;

/// <summary>An object that was read from the service. It has an origin, so that later requests about it can go to the same place.</summary>
public abstract record ServiceObject : IFormattable
{
    private protected ServiceObject()
    {
    }

    internal object? Origin { get; init; }

    /// <summary>The origin given to <see cref="BatchExportClient.WithObserver"/> when an object was read; null if there was none.</summary>
    /// <param name="item">Any object; null is returned if it is no service object.</param>
    public static object? OriginOf(object? item) => (item as ServiceObject)?.Origin;

    /// <summary>A copy of an object with another origin.</summary>
    /// <param name="item">The object.</param>
    /// <param name="origin">The origin; null for none.</param>
    /// <typeparam name="T">The object's type.</typeparam>
    public static T WithOrigin<T>(T item, object? origin) where T : ServiceObject => (T)(item with { Origin = origin });

    /// <summary>A cell of this object's view; the object as text if no cell is named.</summary>
    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) =>
        string.IsNullOrEmpty(format) ? ToString() : ViewText.Of(this, format);
}
