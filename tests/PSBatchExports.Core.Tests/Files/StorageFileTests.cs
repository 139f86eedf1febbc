using PSBatchExports.Emulator;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class StorageFileTests
{
    private const int Connections = 16;

    [Fact]
    public async Task A_URL_that_one_connection_discards_stays_valid_for_another()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        var file = Assert.Single(await service.Client.In(service.Project).Files.ListAsync(run.Id.ToString()));
        service.Break(new Fault { Origin = Fault.Storage, Status = 403, Times = int.MaxValue });
        using var transport = new ApiTransport(TestService.OptionsFor(service.Emulator.ApiOrigin, service.Emulator.ApiKey, service.Clock));
        using var storage = new StorageFile(new Api(transport, NoObserver.Instance, origin: null, service.Project), file);

        var refusals = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await Assert.ThrowsAnyAsync<BatchExportException>(async () => await storage.OpenAsync(
                    new ByteRange(0, 1),
                    validator: null,
                    TimeSpan.FromMinutes(1),
                    CancellationToken.None));
            return true;
        })));

        Assert.Equal(Connections, refusals.Length);
    }
}
