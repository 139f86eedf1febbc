using System.Runtime.InteropServices;
using PSBatchExports.Files.Integrity;

namespace PSBatchExports.Proofs;

/// <summary>The header of a page of a Parquet file.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct ParquetPage
{
    public const int Data = 0;
    public const int Dictionary = 2;
    public const int DataV2 = 3;

    public int Type { get; private set; }

    public int Length { get; private set; }

    public int CompressedLength { get; private set; }

    public int Values { get; private set; }

    public int Encoding { get; private set; }

    /// <summary>The length of the definition levels before the values of a page of version 2.</summary>
    public int DefinitionBytes { get; private set; }

    /// <summary>The length of the repetition levels before them.</summary>
    public int RepetitionBytes { get; private set; }

    public bool IsCompressed { get; private set; }

    /// <exception cref="InvalidDataException">The bytes are no header.</exception>
    public static ParquetPage Read(ThriftReader thrift)
    {
        var page = new ParquetPage { IsCompressed = true };

        // PageHeader: 1 type, 2 uncompressed_page_size, 3 compressed_page_size, 5 data_page_header, 7 dictionary_page_header,
        // 8 data_page_header_v2.
        thrift.ReadStruct((id, type) =>
        {
            switch (id)
            {
                case 1:
                    page.Type = ReadCount(thrift);
                    break;
                case 2:
                    page.Length = ReadCount(thrift);
                    break;
                case 3:
                    page.CompressedLength = ReadCount(thrift);
                    break;
                case 5 or 7:
                    thrift.ReadStruct((field, kind) => page.ReadData(thrift, field, kind));
                    break;
                case 8:
                    thrift.ReadStruct((field, kind) => page.ReadDataV2(thrift, field, kind));
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        });
        return page;
    }

    // DataPageHeader, DictionaryPageHeader: 1 num_values, 2 encoding.
    private void ReadData(ThriftReader thrift, int id, ThriftType type)
    {
        if (id == 1)
            Values = ReadCount(thrift);
        else if (id == 2)
            Encoding = ReadCount(thrift);
        else
            thrift.Skip(type);
    }

    // DataPageHeaderV2: 1 num_values, 4 encoding, 5 definition_levels_byte_length, 6 repetition_levels_byte_length, 7 is_compressed.
    private void ReadDataV2(ThriftReader thrift, int id, ThriftType type)
    {
        switch (id)
        {
            case 1:
                Values = ReadCount(thrift);
                break;
            case 4:
                Encoding = ReadCount(thrift);
                break;
            case 5:
                DefinitionBytes = ReadCount(thrift);
                break;
            case 6:
                RepetitionBytes = ReadCount(thrift);
                break;
            case 7:
                IsCompressed = type == ThriftType.True;
                break;
            default:
                thrift.Skip(type);
                break;
        }
    }

    private static int ReadCount(ThriftReader thrift) =>
        thrift.ReadInteger() is >= 0 and <= int.MaxValue and var count
            ? (int)count
            : throw new InvalidDataException("it has an invalid page");
}
