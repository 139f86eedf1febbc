using System.Globalization;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Language and time zone of the machine change neither a request nor an object. The zone is the process's, so nothing runs beside this.
/// </summary>
[Collection(nameof(CultureTests))]
[CollectionDefinition(nameof(CultureTests), DisableParallelization = true)]
public sealed class CultureTests : IDisposable
{
    private static readonly string[] Cultures = ["", "de-DE", "ar-SA", "th-TH", "tr-TR"];

    private static readonly string[] Zones = ["UTC", "Asia/Kolkata", "America/St_Johns"];

    /// <summary>Times on and around the days on which St John's changes its clocks, in several offsets.</summary>
    private static readonly string[] Times =
    [
        "2026-03-08T01:59:59.999999-03:30",
        "2026-03-08T02:30:00-03:30",
        "2026-03-08T03:00:00-02:30",
        "2026-11-01T01:30:00-02:30",
        "2026-11-01T01:30:00-03:30",
        "2026-11-01T00:00:00Z",
        "2026-11-01T05:30:00+05:30",
    ];

    private readonly string? _zone = Environment.GetEnvironmentVariable("TZ");

    public void Dispose() => SetZone(_zone);

    [Fact]
    public async Task Requests_and_objects_are_the_same_in_every_culture_and_zone()
    {
        var current = Calls.All[0];
        var answer = Array.Empty<byte>();
        using var server = Answers.Serve(() => current, () => answer);
        var seen = new Dictionary<string, string[]>();
        foreach (var culture in Cultures)
        {
            foreach (var zone in Zones)
            {
                CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
                SetZone(zone);
                Assert.Equal(zone, TimeZoneInfo.Local.Id);
                server.Requests.Clear();
                using var client = new BatchExportClient(TestService.OptionsFor(server.Origin, "phx_key", new TestClock()));
                var objects = new List<string>();
                var recorded = from name in Answers.Calls from fixture in Answers.FixturesOf(name) select (Calls.Named(name), fixture);
                foreach (var (call, fixture) in recorded)
                {
                    (current, answer) = (call, RawServer.Json(Fixture.BodyOf(fixture)!.ToJsonString()));
                    objects.AddRange(await ResultAsync(call, client));
                }

                (current, answer) = (Calls.Named("create download"), RawServer.Json("""{"id": "r"}"""));
                foreach (var time in Times.Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)))
                {
                    var modifiers = new Dictionary<string, object?> { ["share"] = 1234.5, ["time"] = time };
                    await client.In(Targets.Project).OnDemandRuns.StartAsync(Calls.NewRun(time) with { HogQLModifiers = modifiers });
                }

                seen[$"'{culture}' in {zone}"] = [.. server.Requests, .. objects];
            }
        }

        var (usual, expected) = seen.First();
        Assert.True(expected.Length > 500, $"Only {expected.Length} lines were compared.");
        Assert.Contains(expected, line => line.Contains("\"data_interval_end\":\"2026-03-08T05:29:59.999999Z\"", StringComparison.Ordinal));
        foreach (var (place, lines) in seen)
        {
            var actualLine = lines.Except(expected).FirstOrDefault();
            var expectedLine = expected.Except(lines).FirstOrDefault();
            Assert.True(expected.SequenceEqual(lines), $"{place} differs from {usual}: {actualLine} instead of {expectedLine}");
        }
    }

    private static readonly CallTargets Targets = new(ApiScope.Project("12345"), new TestClock());

    private static async Task<string[]> ResultAsync(Call call, BatchExportClient client)
    {
        try
        {
            var work = call.Run(client, Targets);
            await work.WithTimeout();
            return ResultText.Of(work);
        }
        catch (BatchExportException failure)
        {
            return [failure.Message];
        }
    }

    private static void SetZone(string? zone)
    {
        Environment.SetEnvironmentVariable("TZ", zone);
        TimeZoneInfo.ClearCachedData();
    }
}
