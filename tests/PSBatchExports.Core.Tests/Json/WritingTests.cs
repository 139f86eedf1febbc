using System.Collections;
using System.Globalization;
using PSBatchExports.Json;
using PSBatchExports.Time;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class WritingTests
{
    // The alias integration_id is never written, so this body has no counterpart.
    private const string Alias = "create-batch-export.request.integration-id-alias";

    private static readonly string[] Secrets = ["aws_access_key_id", "aws_secret_access_key", "password", "user", "token"];

    public static TheoryData<string> ExportRequests() =>
        new(Requests("create-batch-export.request.", "update-batch-export.request.").Except([Alias]));

    public static TheoryData<string> RunRequests() => new(Requests("create-file-download.request."));

    [Theory]
    [MemberData(nameof(ExportRequests))]
    public void An_exports_fields_are_written_as_recorded(string fixture)
    {
        Wire.AssertSame(Fixture.Text(fixture), Wire.Written(Wire.Fields(Fixture.Object(fixture)).Write));
    }

    [Theory]
    [MemberData(nameof(ExportRequests))]
    public void Secure_strings_are_written_as_the_text_they_hold(string fixture)
    {
        var fields = Wire.Fields(Fixture.Object(fixture));
        if (fields.Destination is { HasValue: true, Value: { } destination })
        {
            Close(destination.Config);
            var integration = destination.IntegrationIsGiven ? destination.Integration : default(Optional<int?>);
            fields = fields with { Destination = BatchExportDestination.Create(destination.Type, destination.Config, integration) };
        }

        Wire.AssertSame(Fixture.Text(fixture), Wire.Written(fields.Write));
    }

    [Theory]
    [MemberData(nameof(RunRequests))]
    public void An_on_demand_run_is_written_as_recorded(string fixture)
    {
        var expected = Fixture.Object(fixture);
        if (expected["file"] is { } file && file.AsObject().Remove("max_size_mb", out var size))
            file["max_size_mb"] = size?.DeepClone() ?? 0;
        if (expected["file"]!["compression"] is null)
            expected["file"]!.AsObject().Remove("compression");

        Wire.AssertSame(expected.ToJsonString(), Wire.Written(Wire.Run(Fixture.Object(fixture)).Write));
    }

    [Fact]
    public void Fields_not_given_are_left_out_and_a_given_null_is_written()
    {
        Wire.AssertSame("{}", Wire.Written(new BatchExportFields().Write));
        Wire.AssertSame(
            """{"end_at": null, "filters": null, "timezone": null, "offset_day": null, "offset_hour": null}""",
            Wire.Written(new BatchExportFields
            {
                EndAt = new Optional<DateTimeOffset?>(null),
                Filters = new Optional<IReadOnlyList<object?>?>(null),
                TimeZone = new Optional<string?>(null),
                OffsetDay = new Optional<DayOfWeek?>(null),
                OffsetHour = new Optional<int?>(null),
            }.Write));
    }

    [Theory]
    [InlineData("2026-10-01T00:00:00+00:00", "2026-10-01T00:00:00Z")]
    [InlineData("2026-10-01T02:30:00+05:30", "2026-09-30T21:00:00Z")]
    [InlineData("2026-10-01T00:00:00.1234567+00:00", "2026-10-01T00:00:00.123456Z")]
    public void Times_are_written_in_UTC_whatever_the_culture(string time, string expected)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fa-IR");
            Assert.Equal(expected, WireTime.Format(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Any_plain_value_can_be_a_setting()
    {
        var values = new object?[]
        {
            null,
            "t",
            true,
            1,
            2L,
            3.5,
            4.5m,
            (byte)6,
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Guid.Empty,
            new Hashtable { ["k"] = "v" },
            new List<int> { 1, 2 },
        };

        Wire.AssertSame(
            """[null, "t", true, 1, 2, 3.5, 4.5, 6, "2026-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000", {"k": "v"}, [1, 2]]""",
            Wire.Written(writer => PlainJson.Write(writer, values)));
    }

    [Fact]
    public void A_value_that_is_not_data_is_refused_by_its_type()
    {
        var failure = Assert.Throws<ArgumentException>(() => Wire.Written(writer => PlainJson.Write(writer, new object())));

        Assert.Contains("System.Object", failure.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Requests(params string[] prefixes) =>
        Fixture.Names.Where(name => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

    private static void Close(IDictionary config)
    {
        foreach (var key in config.Keys.Cast<string>().ToArray())
        {
            if (config[key] is IDictionary inner)
                Close(inner);
            else if (Secrets.Contains(key) && config[key] is string text)
                config[key] = TestService.Secret(text);
        }
    }
}
