using Xunit;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>The emulator answers what the wire contract says: one row a fixture.</summary>
public class ConformanceTests
{
    /// <summary>Fixtures that no request to the emulator is made for, and why.</summary>
    private static readonly Dictionary<string, string> s_untested = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, Row> s_rows = new Row[][]
    {
        [.. AccessRows.All],
        [.. ExportRows.All],
        [.. ChangeRows.All],
        [.. DownloadRows.All],
        [.. StorageRows.All],
        [.. RunRows.All],
    }.SelectMany(rows => rows).ToDictionary(row => row.Fixture, StringComparer.Ordinal);

    public static TheoryData<string> Answers => [.. s_rows.Keys.Where(name => !IsRequest(name))];

    public static TheoryData<string> Requests => [.. s_rows.Keys.Where(IsRequest)];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answers_as_the_fixture_shows(string fixture)
    {
        var row = s_rows[fixture];
        await using var scene = await Scene.StartAsync(row.Options);
        using var answer = await row.Provoke(scene);
        await Expectation.MeetAsync(Fixture.Read(fixture), answer, row.NumbersAreInvented);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Accepts_the_request_of_the_fixture(string fixture)
    {
        await using var scene = await Scene.StartAsync(s_rows[fixture].Options);
        using var answer = await s_rows[fixture].Provoke(scene);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Every_fixture_is_either_tested_or_listed_with_a_reason()
    {
        Assert.Empty(s_rows.Keys.Intersect(s_untested.Keys));
        Assert.Equal(Fixture.AllNames, s_rows.Keys.Concat(s_untested.Keys).Order(StringComparer.Ordinal));
    }

    private static bool IsRequest(string name) => name.Contains(".request", StringComparison.Ordinal);
}
