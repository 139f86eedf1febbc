using System.Diagnostics;
using Xunit;
using static PSBatchExports.Emulator.Tests.Scene;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Scripted faults, seen from the other end of the wire.</summary>
public class FaultTests
{
    [Fact]
    public async Task A_reset_comes_before_anything_is_done()
    {
        await using var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { Reset = true, Method = "POST" });

        await Assert.ThrowsAsync<HttpRequestException>(() => scene.CreateExportAsync());

        Assert.Empty(scene.ExportNames());
        Assert.Equal(0, Assert.Single(scene.Host.Requests.Snapshot()).StatusCode);
    }

    [Fact]
    public async Task A_lost_answer_leaves_what_was_done()
    {
        await using var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { ResetAfterProcessing = true });

        await Assert.ThrowsAsync<HttpRequestException>(() => scene.CreateExportAsync());

        Assert.Equal(["Events to S3"], scene.ExportNames());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_scripted_status_processes_the_request_only_when_asked(bool processFirst, int made)
    {
        await using var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { Status = 502, Body = "<html/>", ContentType = "text/html", ProcessFirst = processFirst });

        using var answer = await scene.PostAsync(Exports, Fixture.Json("create-batch-export.request.aws-s3"));

        Assert.Equal(502, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(made, scene.ExportNames().Length);
    }

    [Fact]
    public async Task Faults_count_what_they_skip_and_how_often_they_hit()
    {
        await using var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { Status = 500, PathPattern = "/batch_exports/$", Skip = 1, Times = 2 });

        var statuses = new List<int>();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            (await scene.GetAsync(Downloads)).Dispose();
            using var answer = await scene.GetAsync(Exports);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 500, 500, 200, 200], statuses);
    }

    [Fact]
    public async Task A_truncated_body_is_announced_whole_and_ends_early()
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        scene.Host.Faults.Add(new Fault { Origin = Fault.Storage, TruncateAfter = 100 });

        using var answer = await scene.FetchHeadersAsync(url);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var received = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(received));

        Assert.True(answer.Content.Headers.ContentLength > 100);
        Assert.Equal(100, received.Length);
    }

    [Fact]
    public async Task A_stalled_body_waits_until_the_client_goes_away()
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        scene.Host.Faults.Add(new Fault { Origin = Fault.Storage, Stall = true });

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var answer = await scene.FetchHeadersAsync(url);
        await using (var body = await answer.Content.ReadAsStreamAsync())
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => body.CopyToAsync(Stream.Null, patience.Token));
        answer.Dispose();

        await Eventually.IsTrueAsync(() => scene.Host.OpenStorageConnections == 0);
    }

    [Fact]
    public async Task A_stalled_answer_is_never_whole_however_small_it_is()
    {
        await using var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { Stall = true });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var answer = await scene.FetchHeadersAsync(scene.Host.ApiOrigin + "api/none");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.Content.CopyToAsync(Stream.Null, patience.Token));
    }

    [Fact]
    public async Task Stopping_the_host_ends_a_request_that_is_never_answered()
    {
        var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { StallHeaders = true });
        var request = scene.GetAsync(Exports);
        await Eventually.IsTrueAsync(() => scene.Host.Requests.Snapshot().Count == 1);

        var watch = Stopwatch.StartNew();
        await scene.Host.DisposeAsync();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
        await scene.DisposeAsync();
    }

    [Fact]
    public async Task A_delay_comes_before_the_answer()
    {
        await using var scene = await Scene.StartAsync();
        scene.Host.Faults.Add(new Fault { Delay = TimeSpan.FromMilliseconds(300) });

        var watch = Stopwatch.StartNew();
        using var answer = await scene.GetAsync(Exports);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.True(watch.ElapsedMilliseconds >= 250);
    }
}
