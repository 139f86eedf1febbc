namespace PSBatchExports.Files.Integrity;

/// <summary>Reads the names of the columns from the footer of a Parquet file.</summary>
internal static class ParquetColumnNames
{
    private const int MaxNameBytes = 1024;

    /// <summary>The columns at the top of the schema.</summary>
    /// <exception cref="InvalidDataException">The footer contradicts itself.</exception>
    public static HashSet<string> Of(ThriftReader footer)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var groups = new Stack<long>();

        // FileMetaData: 2 schema.
        footer.ReadStruct((id, type) =>
        {
            if ((id, type) == (2, ThriftType.List))
                footer.ReadList(_ => ReadElement());
            else
                footer.Skip(type);
        });
        return names;

        // SchemaElement: 4 name, 5 num_children. The root comes first, each group before its children.
        void ReadElement()
        {
            var (name, children) = ((string?)null, 0L);
            footer.ReadStruct((id, type) =>
            {
                if ((id, type) == (4, ThriftType.Binary))
                    name = footer.ReadText(MaxNameBytes);
                else if ((id, type) == (5, ThriftType.Int32))
                    children = footer.ReadInteger();
                else
                    footer.Skip(type);
            });
            if (groups.Count == 1 && name is not null)
                names.Add(name);

            if (groups.TryPop(out var left))
                groups.Push(left - 1);

            if (children > 0)
                groups.Push(children);

            while (groups.TryPeek(out var rest) && rest <= 0)
                groups.Pop();
        }
    }
}
