using System.Globalization;
using System.Security.Cryptography;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Downloads under random faults of the storage. Each ends with the right bytes, or with an error and no file; without faults, the next
/// call succeeds. With PSBATCHEXPORTS_LONG_TESTS=1 there are 200 of them, else a sample.
/// </summary>
public class DownloadChaosTests(DownloadChaosTests.Service service) : IClassFixture<DownloadChaosTests.Service>
{
    public static IEnumerable<TheoryDataRow<int>> Seeds()
    {
        var count = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 200 : 16;
        return Enumerable.Range(1, count).Select(seed => new TheoryDataRow<int>(seed));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_download_ends_with_the_right_bytes_or_with_an_error_and_no_file(int seed)
    {
        var random = new Random(seed);
        using var folder = new TestFolder();
        var file = await service.FileAsync();
        foreach (var fault in Faults(random))
            service.Emulator.Faults.Add(fault);
        var changesAt = random.Next(3) == 0 ? random.Next(1_000_000) : long.MaxValue;

        var outcome = await SaveAsync(file, folder, random, progress =>
        {
            if (progress.Bytes > changesAt)
                service.Emulator.State.FileVersion = 1;
        });

        Assert.True(outcome.Saved is null != outcome.Failure is null);
        if (outcome.Failure is { } failure)
        {
            Assert.True(failure is BatchExportException or FileSaveException { Reason: FileSaveFailure.Damaged }, failure.ToString());
            Assert.All(folder.Entries, name => Assert.StartsWith($".{file.FileId}.partial", name, StringComparison.Ordinal));
            service.Emulator.Faults.Clear();
            outcome = await SaveAsync(file, folder, random, _ => { });
            Assert.Null(outcome.Failure);
        }

        Assert.Equal([outcome.Saved!.Name], folder.Entries);
        var content = await File.ReadAllBytesAsync(outcome.Saved.FullName);
#pragma warning disable CA5351 // What the storage uses.
        Assert.Equal($"\"{Convert.ToHexString(MD5.HashData(content)).ToLowerInvariant()}\"", outcome.Saved.ETag);
#pragma warning restore CA5351
        Assert.Contains(outcome.Saved.ETag, service.Versions);
    }

    private async Task<SaveOutcome> SaveAsync(BatchExportFile file, TestFolder folder, Random random, Action<DownloadProgress> onProgress)
    {
        var options = new SaveOptions
        {
            Folder = folder.Path,
            Connections = random.Next(1, 9),
            Sizes = Download.Small,
            StallTimeout = TimeSpan.FromMilliseconds(300),
            OnProgress = onProgress,
        };
        return Assert.Single(await service.Client.In(service.Project).Files.SaveAsync([file], options).ToListAsync());
    }

    private static IEnumerable<Fault> Faults(Random random)
    {
        for (var count = random.Next(1, 14); count > 0; count--)
        {
            var fault = new Fault { Origin = Fault.Storage, Skip = random.Next(12), Times = random.Next(4) == 0 ? random.Next(2, 8) : 1 };
            yield return random.Next(9) switch
            {
                0 => fault with { Reset = true },
                1 => fault with { ResetAfterProcessing = true },
                2 => fault with { Stall = true },
                3 => fault with { TruncateAfter = random.Next(130_000) },
                4 => Refusal(500 + random.Next(5), "InternalError", "We encountered an internal error."),
                5 => Refusal(503, "SlowDown", "Please reduce your request rate."),
                6 => fault with { IgnoreRange = true },
                7 => Refusal(403, "AccessDenied", "Request has expired"),
                _ => fault with { Delay = TimeSpan.FromMilliseconds(random.Next(60)), TruncateAfter = random.Next(50_000) },
            };

            Fault Refusal(int status, string code, string message) => fault with
            {
                Status = status,
                Body = $"<Error><Code>{code}</Code><Message>{message}</Message></Error>",
                ContentType = "application/xml",
            };
        }
    }

    /// <summary>An emulator with the real clock, and a client with short timeouts.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private OnDemandRun? _run;

        internal EmulatorHost Emulator { get; private set; } = null!;

        internal BatchExportClient Client { get; private set; } = null!;

        internal ApiScope Project { get; private set; } = null!;

        internal List<string?> Versions { get; } = [];

        public async ValueTask InitializeAsync()
        {
            Emulator = await EmulatorHost.StartAsync(new EmulatorOptions { Exports = 0, EventsPerHour = 2000, SinglePartTags = true });
            Project = ApiScope.Project(Emulator.Options.ProjectId.ToString(CultureInfo.InvariantCulture));
            Client = new BatchExportClient(TestService.OptionsFor(Emulator.ApiOrigin, Emulator.ApiKey, TimeProvider.System) with
            {
                MaximumRetryCount = 2,
                MaximumRetryDelay = TimeSpan.FromMilliseconds(5),
                Timeout = TimeSpan.FromSeconds(5),
            });
            _run = new OnDemandRun
            {
                Id = Guid.NewGuid(),
                OnDemandId = Guid.NewGuid(),
                FileId = _ => new Guid("0195f1c2-0000-0000-0000-000000000001"),
                ProjectId = Emulator.Options.ProjectId,
                CreatedAt = DateTimeOffset.UtcNow,
                Duration = TimeSpan.Zero,
                Specification = new OnDemandSpecification
                {
                    Format = "JSONLines",
                    Start = DateTimeOffset.UtcNow.AddHours(-1),
                    End = DateTimeOffset.UtcNow,
                },
            };
            Emulator.State.AddOnDemandRun(_run);
            for (var version = 0; version < 2; version++)
            {
                Emulator.State.FileVersion = version;
                Versions.Add((await Client.In(Project).Files.DescribeAsync(await FileAsync(keepVersion: true))).ETag);
            }
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Emulator.DisposeAsync();
        }

        /// <summary>Lists the file, without faults and in its first version.</summary>
        internal async Task<BatchExportFile> FileAsync(bool keepVersion = false)
        {
            Emulator.Faults.Clear();
            if (!keepVersion)
                Emulator.State.FileVersion = 0;
            return Assert.Single(await Client.In(Project).Files.ListAsync(_run!.Id.ToString()));
        }
    }
}
