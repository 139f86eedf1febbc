using Xunit;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>The emulator behaves as the wire contract says: one case for each fixture.</summary>
public class ConformanceTests
{
    private static readonly Dictionary<string, ConformanceCase> Cases = new ConformanceCase[][]
    {
        [.. AccessCases.All],
        [.. ExportCases.All],
        [.. ExportUpdateCases.All],
        [.. FileDownloadCases.All],
        [.. StorageCases.All],
        [.. RunCases.All],
        [.. IntegrationCases.All],
        [.. ProjectCases.All],
    }.SelectMany(cases => cases).ToDictionary(item => item.Fixture, StringComparer.Ordinal);

    public static TheoryData<string> Responses => [.. Cases.Keys.Where(name => !IsRequest(name))];

    public static TheoryData<string> Requests => [.. Cases.Keys.Where(IsRequest)];

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task Response_matches_the_fixture(string fixture)
    {
        var testCase = Cases[fixture];
        var expected = Fixture.Read(fixture);
        testCase.AdjustExpected?.Invoke(expected.Body!);

        await using var server = await TestServer.StartAsync(testCase.Options);
        using var response = await testCase.SendAsync(server);

        await FixtureAssert.MatchesAsync(expected, response, testCase.IgnoreNumbers);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_of_the_fixture_is_accepted(string fixture)
    {
        var testCase = Cases[fixture];
        await using var server = await TestServer.StartAsync(testCase.Options);
        using var response = await testCase.SendAsync(server);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Every_fixture_has_a_case() => Assert.Equal(Fixture.AllNames, Cases.Keys.Order(StringComparer.Ordinal));

    private static bool IsRequest(string name) => name.Contains(".request", StringComparison.Ordinal);
}
