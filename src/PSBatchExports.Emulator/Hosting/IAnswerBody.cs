namespace PSBatchExports.Emulator.Hosting;

internal interface IAnswerBody
{
    long Length { get; }

    Stream Open();
}
