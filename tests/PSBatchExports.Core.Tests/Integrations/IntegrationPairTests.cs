using PSBatchExports.Integrations;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>The two integrations of a switch, by number or name.</summary>
public sealed class IntegrationPairTests
{
    private static readonly BatchExportIntegration[] All =
    [
        Create(1, "aws-s3", "lake"), Create(2, "aws-s3", "lake-2026"), Create(3, "snowflake", "lake"), Create(4, "snowflake", "loader"),
        Create(5, "aws-s3", "Lake"), Create(6, "snowflake", "lake-2026"),
    ];

    [Theory]
    [InlineData("1", "2", 1, 2)]
    [InlineData("lake", "loader", 3, 4)]
    [InlineData("loader", "lake", 4, 3)]
    [InlineData("1", "lake-2026", 1, 2)]
    [InlineData("Lake", "2", 5, 2)]
    [InlineData("LOADER", "3", 4, 3)]
    public void Two_of_one_kind_are_found(string from, string to, int expectedFrom, int expectedTo)
    {
        var pair = IntegrationPair.Find(All, from, to);

        Assert.Equal((expectedFrom, expectedTo), (pair.From.IntegrationId, pair.To.IntegrationId));
    }

    [Theory]
    [InlineData("lake", "nothing", IntegrationNameFailure.NotFound, "No integration has the name or number 'nothing'. There are: lake")]
    [InlineData("lake", "lake-2026", IntegrationNameFailure.Ambiguous, "2 integrations have the name 'lake': lake (aws-s3, 1), lake (snow")]
    [InlineData("1", "1", IntegrationNameFailure.Same, "From and to are the same integration, lake (aws-s3, 1).")]
    [InlineData("1", "loader", IntegrationNameFailure.KindsDiffer, "'1' and 'loader' are not of the same kind: lake (aws-s3, 1); loader (")]
    public void Other_texts_are_refused_with_what_they_name(string from, string to, IntegrationNameFailure reason, string message)
    {
        var failure = Assert.Throws<IntegrationNameException>(() => IntegrationPair.Find(All, from, to));

        Assert.Equal(reason, failure.Reason);
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_integrations_that_exports_can_use_are_suggested()
    {
        BatchExportIntegration[] all = [Create(1, "slack", "acme"), Create(2, "aws-s3", "lake")];

        var failure = Assert.Throws<IntegrationNameException>(() => IntegrationPair.Find(all, "lake", "nothing"));

        Assert.Equal("No integration has the name or number 'nothing'. There are: lake (aws-s3, 2).", failure.Message);
    }

    private static BatchExportIntegration Create(int id, string kind, string name) =>
        new() { IntegrationId = id, Kind = kind, Name = name };
}
