namespace PSBatchExports.Emulator.Hosting;

internal interface IResponseBody
{
    long Length { get; }

    Stream Open();
}
