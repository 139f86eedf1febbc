using System.Text;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class SafeFileNameTests
{
    [Theory]
    [InlineData(
        "2026-09-01T00:00:00+00:00-2026-09-08T00:00:00+00:00-0.jsonl.gz",
        "2026-09-01T00-00-00+00-00-2026-09-08T00-00-00+00-00-0.jsonl.gz")]
    [InlineData("plain.parquet", "plain.parquet")]
    [InlineData("<>:\"/\\|?*", "---------")]
    [InlineData("../../etc/passwd", "_..-..-etc-passwd")]
    [InlineData("..\\windows", "_..-windows")]
    [InlineData(".bashrc", "_.bashrc")]
    [InlineData("/etc/passwd", "-etc-passwd")]
    [InlineData("C:\\Windows\\system32", "C--Windows-system32")]
    [InlineData("file:stream", "file-stream")]
    [InlineData("", "file")]
    [InlineData("   ", "file")]
    [InlineData(".", "file")]
    [InlineData("..", "file")]
    [InlineData("....", "file")]
    [InlineData(". .", "file")]
    [InlineData("CON", "_CON")]
    [InlineData("con", "_con")]
    [InlineData("NUL.txt", "_NUL.txt")]
    [InlineData("nul.tar.gz", "_nul.tar.gz")]
    [InlineData("com1", "_com1")]
    [InlineData("COM\u00b9.log", "_COM\u00b9.log")]
    [InlineData("LPT9", "_LPT9")]
    [InlineData("aux .txt", "_aux .txt")]
    [InlineData("CONIN$", "_CONIN$")]
    [InlineData("console.txt", "console.txt")]
    [InlineData("com10", "com10")]
    [InlineData("trailing.", "trailing")]
    [InlineData("trailing. . .", "trailing")]
    [InlineData("  both ends  ", "both ends")]
    [InlineData("nul\0byte", "nul-byte")]
    [InlineData("bell\u0007esc\u001b[31m", "bell-esc-[31m")]
    [InlineData("line\r\nbreak", "line--break")]
    [InlineData("gnp.\u202etxt.exe", "gnp.-txt.exe")]
    [InlineData("zero\u200bwidth\ufeff", "zero-width-")]
    [InlineData("c1\u009b", "c1-")]
    [InlineData("caf\u00e9 \u65e5\u672c \ud83d\udc18.jsonl", "caf\u00e9 \u65e5\u672c \ud83d\udc18.jsonl")]
    [InlineData("~$office.xlsx", "~$office.xlsx")]
    [InlineData("-rf", "-rf")]
    public void A_name_becomes_the_same_safe_one_on_every_platform(string name, string expected) =>
        Assert.Equal(expected, SafeFileName.From(name));

    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("half-pair", SafeFileName.From("half" + '\ud83d' + "pair"));

    [Theory]
    [InlineData("x", ".parquet")]
    [InlineData("\u65e5", ".jsonl.gz")]
    [InlineData("\ud83d\udc18", ".jsonl.br")]
    [InlineData(" .", ".parquet")]
    public void A_long_name_is_cut_between_characters_and_keeps_its_extension(string repeated, string ending)
    {
        var name = SafeFileName.From(string.Concat(Enumerable.Repeat(repeated, 300)) + ending);

        Assert.InRange(Encoding.UTF8.GetByteCount(name), 100, 200);
        Assert.EndsWith(ending, name, StringComparison.Ordinal);
        Assert.DoesNotContain('\ufffd', name);
        Assert.Equal(name, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)));
    }

    [Fact]
    public void Long_names_that_differ_only_at_their_end_stay_different()
    {
        var stem = new string('x', 300);

        Assert.NotEqual(SafeFileName.From(stem + "-1.parquet"), SafeFileName.From(stem + "-2.parquet"));
    }

    [Fact]
    public void A_name_without_a_stem_that_is_long_stays_bounded()
    {
        Assert.InRange(SafeFileName.From("." + new string('x', 300)).Length, 1, 200);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("CON.txt")]
    [InlineData("a:b")]
    public void A_safe_name_stays_the_same(string name) =>
        Assert.Equal(SafeFileName.From(name), SafeFileName.From(SafeFileName.From(name)));
}
