using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;
using PSBatchExports.Time;
using Xunit;

namespace PSBatchExports.Core.Tests.Fuzz;

/// <summary>Random names, headers and times.</summary>
public class TextTests
{
    private static readonly string[] Pieces =
    [
        "", " ", ".", "..", "/", "\\", ":", "*", "\"", "'", "\0", "\r\n", "\t", "\u001b[31m", "\u202e", "\ud83d", "\ude00", "\U0001F600",
        "\u0301", "\u00fc", "\uFFFD", "con", "NUL", "aux.txt", "COM1", "~", "$", "%2f",
        "report.parquet", ".jsonl.gz", "2026-09-01T00:00:00+00:00", "filename=", "; ", "UTF-8''", "attachment", "http://", "https://", "//",
        "user@", "[::1]", "?X-Amz-Date=20261008T120000Z", "&X-Amz-Expires=3600",
        "0", "-1", "37", "3600", "99999999999999999999", "1.5", "Thu, 08 Oct 2026 12:00:45 GMT", "Thu, 32 Oct 2026", "9999-12-31",
        "\u0660\u0661", "GMT",
    ];

    private static readonly Gen<string> Texts =
        Gen.OneOf(
            Gen.Elements(Pieces),
            Gen.Choose(0, 0xFFFF).Select(unit => ((char)unit).ToString())).ListOf().Select(list => string.Concat(list.Take(40)));

    [Fact]
    public void A_safe_name_is_valid_on_every_platform() => Fuzzing.Check(Texts, 3000, text =>
    {
        var name = SafeFileName.From(text);

        Assert.NotEmpty(name);
        Assert.DoesNotContain(
            name,
            character => character < ' ' || "<>:\"/\\|?*\u007f\u202e".Contains(character, StringComparison.Ordinal));
        Assert.False(name.All(character => character == '.') || name.EndsWith('.') || name.EndsWith(' ') || name.StartsWith(' '), name);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 210);
        Assert.Equal(name, SafeFileName.From(text));
        Assert.Equal(Path.Combine("folder", name), Path.Combine("folder", Path.GetFileName(name)));
    });

    [Fact]
    public void A_RetryAfter_header_gives_no_wait_or_a_positive_one() => Fuzzing.Check(Texts, 3000, text =>
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Retry-After", text);

        Assert.True(ErrorReader.RetryAfter(response, new TestClock()) is null or { Ticks: > 0 });
    });

    [Fact]
    public void A_signed_URL_is_used_unchanged_or_refused() => Fuzzing.Check(Texts, 3000, text =>
    {
        var url = SignedUrl.TryParse(text, BatchExportClientOptions.UsHost);

        Assert.True(url is null || (url.Text == text && url.Address.Scheme == Uri.UriSchemeHttps));
        Assert.DoesNotContain("X-Amz", url?.ToString() ?? "", StringComparison.Ordinal);
        _ = url?.LastSegment;
    });

    [Fact]
    public void Text_for_a_terminal_keeps_its_length_and_is_harmless() => Fuzzing.Check(Texts, 3000, text =>
    {
        var shown = DisplayText.Harmless(text);

        Assert.DoesNotContain(shown, character => (char.IsControl(character) && character != '\n') || character is '\u202e');
        Assert.Equal(
            text.Replace("\r\n", "\n", StringComparison.Ordinal).Length, shown.Replace("\r\n", "\n", StringComparison.Ordinal).Length);
        Assert.Equal(shown, DisplayText.Harmless(shown));
    });

    [Fact]
    public void An_id_is_sent_unchanged_or_refused() => Fuzzing.Check(Texts, 3000, text =>
    {
        try
        {
            Assert.All(ApiScope.Segment(text), character => Assert.True(char.IsAsciiLetterOrDigit(character) || character is '-' or '_'));
        }
        catch (InvalidIdException refused)
        {
            Assert.DoesNotContain(refused.Message, character => char.IsControl(character) && character != '\n');
        }
    });

    [Fact]
    public void A_time_survives_a_round_trip_to_the_microsecond() => Fuzzing.Check(
        from ticks in ArbMap.Default.GeneratorFor<long>().Select(number => (long)((ulong)number % (ulong)DateTime.MaxValue.Ticks))
        from minutes in Gen.Choose(-14 * 60, 14 * 60)
        select (Utc: new DateTimeOffset(ticks, TimeSpan.Zero), Offset: TimeSpan.FromMinutes(minutes)),
        3000,
        time =>
        {
            var isElsewhere = time.Utc.Ticks + time.Offset.Ticks > 0 && time.Utc.Ticks + time.Offset.Ticks < DateTime.MaxValue.Ticks;
            var written = WireTime.Format(isElsewhere ? time.Utc.ToOffset(time.Offset) : time.Utc);

            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$", written);
            Assert.Equal(time.Utc.Ticks / 10, DateTimeOffset.Parse(written, CultureInfo.InvariantCulture).Ticks / 10);
        });
}
