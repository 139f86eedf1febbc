using Xunit;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Injected faults, as a client sees them.</summary>
public class FaultTests
{
    [Fact]
    public async Task Reset_happens_before_the_request_is_processed()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Faults.Add(new Fault { Reset = true, Method = "POST" });

        await Assert.ThrowsAsync<HttpRequestException>(() => server.CreateExportAsync());

        Assert.Empty(server.ExportNames());
        Assert.Equal(0, Assert.Single(server.Host.Requests.Snapshot()).StatusCode);
    }

    [Fact]
    public async Task Reset_after_processing_keeps_the_change()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Faults.Add(new Fault { ResetAfterProcessing = true });

        await Assert.ThrowsAsync<HttpRequestException>(() => server.CreateExportAsync());

        Assert.Equal(["Events to S3"], server.ExportNames());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Faked_status_processes_the_request_only_with_ProcessFirst(bool processFirst, int made)
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Faults.Add(new Fault { Status = 502, Body = "<html/>", ContentType = "text/html", ProcessFirst = processFirst });

        using var response = await server.PostAsync(Exports, Fixture.Json("create-batch-export.request.aws-s3"));

        Assert.Equal(502, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(made, server.ExportNames().Length);
    }

    [Fact]
    public async Task Fault_honors_Skip_and_Times()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Faults.Add(new Fault { Status = 500, PathPattern = "/batch_exports/$", Skip = 1, Times = 2 });

        var statuses = new List<int>();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            (await server.GetAsync(Downloads)).Dispose();
            using var response = await server.GetAsync(Exports);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([200, 500, 500, 200, 200], statuses);
    }

    [Fact]
    public async Task Truncated_body_announces_its_full_length()
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        server.Host.Faults.Add(new Fault { Origin = Fault.Storage, TruncateAfter = 100 });

        using var response = await server.FetchHeadersAsync(url);
        await using var body = await response.Content.ReadAsStreamAsync();
        var received = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(received));

        Assert.True(response.Content.Headers.ContentLength > 100);
        Assert.Equal(100, received.Length);
    }

    [Fact]
    public async Task Stalled_body_ends_when_the_client_disconnects()
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        server.Host.Faults.Add(new Fault { Origin = Fault.Storage, Stall = true });

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var response = await server.FetchHeadersAsync(url);
        await using (var body = await response.Content.ReadAsStreamAsync())
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => body.CopyToAsync(Stream.Null, patience.Token));
        response.Dispose();

        await Eventually.IsTrueAsync(() => server.Host.OpenStorageConnections == 0);
    }

    [Fact]
    public async Task Stalled_response_is_never_complete_even_if_small()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Faults.Add(new Fault { Stall = true });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var response = await server.FetchHeadersAsync(server.Host.ApiOrigin + "api/none");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response.Content.CopyToAsync(Stream.Null, patience.Token));
    }

    [Fact]
    public async Task Stopping_the_host_ends_a_stalled_request()
    {
        var server = await TestServer.StartAsync();
        server.Host.Faults.Add(new Fault { StallHeaders = true });
        var request = server.GetAsync(Exports);
        await Eventually.IsTrueAsync(() => server.Host.Requests.Snapshot().Count == 1);

        await server.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Delay_postpones_the_response()
    {
        var clock = new WatchedClock();
        await using var server = await TestServer.StartAsync(o => o with { WireClock = clock });
        server.Host.Faults.Add(new Fault { Delay = TimeSpan.FromMinutes(5) });
        var request = server.GetAsync(Exports);

        Assert.Equal(TimeSpan.FromMinutes(5), await clock.NextWaitAsync());
        Assert.False(request.IsCompleted);

        clock.Advance(TimeSpan.FromMinutes(5));
        using var response = await request;
        Assert.Equal(200, (int)response.StatusCode);
    }
}
