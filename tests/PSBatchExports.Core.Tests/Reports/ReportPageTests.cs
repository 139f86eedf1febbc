using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace PSBatchExports.Core.Tests.Reports;

/// <summary>The page is safe to open, and complete without its script.</summary>
public sealed partial class ReportPageTests
{
    private const int MatchTimeoutMilliseconds = 10_000;

    private static readonly string[] VoidElements = ["meta", "path", "br"];

    private static readonly string[] LoadingAttributes = ["src", "srcset", "action", "data", "poster", "xlink:href"];

    private static string Page => SampleReports.Page([.. SampleReports.All]);

    [Theory]
    [InlineData("<script>alert(1)</script> \"quoted\" & more")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("</title></style></textarea><svg/onload=alert(1)>")]
    [InlineData("<!--")]
    [InlineData("]]><![CDATA[")]
    [InlineData("&lt;b&gt; &#60;i&#62;")]
    public void Text_of_the_service_is_encoded_wherever_it_occurs(string text)
    {
        var harmless = SampleReports.Page(SampleReports.WithGap("harmless"));

        var page = SampleReports.Page(SampleReports.WithGap(text));

        Assert.Equal(Tags(harmless), Tags(page));
        Assert.Equal(Count(Decoded(harmless), "harmless"), Count(Decoded(page), text));
        Assert.True(Count(harmless, "harmless") >= 12, $"The text occurs only {Count(harmless, "harmless")} times.");
    }

    [Theory]
    [InlineData("a\u202Eb")]
    [InlineData("a\u2066b")]
    [InlineData("a\e[31mb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    [InlineData("a\uFEFFb")]
    public void Characters_that_control_text_are_replaced(string text)
    {
        var page = Decoded(SampleReports.Page(SampleReports.WithGap(text)));

        Assert.DoesNotContain(text[1], page);
        Assert.Contains("a\uFFFD", page);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced() =>
        Assert.Contains("a\uFFFDb", Decoded(SampleReports.Page(SampleReports.WithGap($"a{'\uD800'}b"))));

    [Fact]
    public void Policy_allows_only_the_style_and_the_script_of_the_page()
    {
        var page = Page;

        var policy = Policy().Match(page).Groups["policy"].Value.Split("; ");
        var style = Assert.Single(Style().Matches(page)).Groups["content"].Value;
        var script = Assert.Single(Script().Matches(page)).Groups["content"].Value;

        Assert.Equal(
            ["default-src 'none'", $"style-src '{HashOf(style)}'", $"script-src '{HashOf(script)}'", "base-uri 'none'", "form-action 'none'"],
            policy);
        Assert.True(page.IndexOf("Content-Security-Policy", StringComparison.Ordinal) < page.IndexOf("<style>", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_refers_to_nothing_but_itself()
    {
        var page = Page;
        var ids = Attribute().Matches(page).Where(IsNamed("id")).Select(Value).ToArray();

        Assert.DoesNotContain("http:", page);
        Assert.DoesNotContain("https:", page);
        Assert.DoesNotContain("//", Style().Match(page).Groups["content"].Value);
        Assert.DoesNotContain("url(", page);
        Assert.DoesNotContain("@import", page);
        Assert.DoesNotContain(Attribute().Matches(page), attribute => LoadingAttributes.Contains(attribute.Groups["name"].Value));
        Assert.All(
            Attribute().Matches(page).Where(IsNamed("href")).Select(Value),
            link => Assert.Contains(link, ids.Select(id => $"#{id}")));
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Markup_has_no_attribute_that_the_policy_refuses()
    {
        var attributes = Attribute().Matches(Page);

        Assert.DoesNotContain(attributes, attribute => attribute.Groups["name"].Value is "style");
        Assert.DoesNotContain(attributes, attribute => attribute.Groups["name"].Value.StartsWith("on", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_is_an_HTML_document_in_a_language()
    {
        Assert.StartsWith("<!doctype html>\n<html lang=\"en\">", Page, StringComparison.Ordinal);
        Assert.Contains("<title>Batch exports, 2026-11-30 21:30 UTC: 9 of 11 need attention</title>", Page);
    }

    [Fact]
    public void Every_element_is_closed()
    {
        var open = new Stack<string>();
        foreach (var (name, isEnd) in Tags(Page))
        {
            if (isEnd)
                Assert.Equal(open.Pop(), name);
            else if (!VoidElements.Contains(name) && name != "!doctype")
                open.Push(name);
        }

        Assert.Empty(open);
    }

    [Fact]
    public void Every_picture_has_a_description_and_every_figure_a_table()
    {
        var page = Page;
        var pictures = Picture().Matches(page);
        var figures = Figure().Matches(page);

        Assert.All(pictures, picture => Assert.Matches("aria-hidden=\"true\"|role=\"img\" aria-label=\"[^\"]{10,}\"", picture.Value));
        Assert.Equal(20, figures.Count);
        Assert.All(figures, figure => Assert.Matches("<svg .*<figcaption>.*<details><summary>.*<table ", figure.Value));
    }

    [Fact]
    public void Overview_has_a_row_for_each_export_in_order()
    {
        var names = RowHeader().Matches(Page).Select(match => match.Groups["name"].Value);

        Assert.Equal(SampleReports.All.Select(report => report.Name), names);
    }

    [Fact]
    public void Verdict_is_a_text_and_a_shape_that_no_other_verdict_has()
    {
        var badges = Badge().Matches(Page).Select(match => (Shape: match.Groups["shape"].Value, Text: match.Groups["text"].Value)).ToArray();

        var verdicts = badges.Where(badge => !char.IsAsciiDigit(badge.Text[0])).Distinct().ToArray();

        Assert.Equal(10, verdicts.Length);
        Assert.Equal(10, verdicts.DistinctBy(badge => badge.Shape).Count());
        Assert.Equal(10, verdicts.DistinctBy(badge => badge.Text).Count());
    }

    [Fact]
    public void Counts_come_worst_first()
    {
        var counts = Badge().Matches(Page).Select(match => match.Groups["text"].Value).Where(text => char.IsAsciiDigit(text[0]));

        Assert.Equal(
            [
                "1 Not readable", "2 Failing", "1 Paused by service", "1 Stalled", "1 Late", "1 Paused by user", "1 Never ran", "1 Only empty",
                "1 Fresh", "1 Ended",
            ],
            counts);
    }

    [Fact]
    public void Export_that_could_not_be_read_shows_its_error()
    {
        var page = SampleReports.Page(SampleReports.All[^1]);

        Assert.Contains("Not readable", page);
        Assert.Contains("The key lacks the scope batch_export:read.", page);
    }

    [Fact]
    public void Exports_of_several_projects_name_their_project()
    {
        var other = SampleReports.Of("b") with { ApiHost = new Uri("https://eu.posthog.com"), Scope = ApiScope.Project("7") };

        var page = SampleReports.Page(SampleReports.Of("a"), other);

        Assert.Contains("2 exports of project 12345 at us.posthog.com and project 7 at eu.posthog.com", page);
        Assert.Contains(">7, eu.posthog.com</td>", page);
        Assert.DoesNotContain(">Project</th>", Page);
    }

    [Fact]
    public void Report_without_exports_says_so() => Assert.Contains("There are no exports.", SampleReports.Page());

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    [InlineData("de-DE")]
    public void Page_does_not_depend_on_the_culture(string culture)
    {
        var expected = Page;
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Page);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    private static string Decoded(string page) => WebUtility.HtmlDecode(page);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string HashOf(string block) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(block)))}";

    private static Func<Match, bool> IsNamed(params string[] names) => attribute => names.Contains(attribute.Groups["name"].Value);

    private static string Value(Match attribute) => attribute.Groups["value"].Value;

    // The tags outside of the style and the script, as a browser would find them.
    private static (string Name, bool IsEnd)[] Tags(string page) =>
        [.. Tag().Matches(Block().Replace(page, "<${name}></${name}>")).Select(tag => (tag.Groups["name"].Value.ToLowerInvariant(), tag.Groups["end"].Length > 0))];

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"(?<policy>[^\"]+)\"", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex Policy();

    [GeneratedRegex("<style>(?<content>.*?)</style>", RegexOptions.Singleline, MatchTimeoutMilliseconds)]
    private static partial Regex Style();

    [GeneratedRegex("<script>(?<content>.*?)</script>", RegexOptions.Singleline, MatchTimeoutMilliseconds)]
    private static partial Regex Script();

    [GeneratedRegex("<(?<name>style|script)>.*?</\\k<name>>", RegexOptions.Singleline, MatchTimeoutMilliseconds)]
    private static partial Regex Block();

    [GeneratedRegex("<(?<end>/?)(?<name>[a-zA-Z!][a-zA-Z0-9-]*)(?:[^>\"]|\"[^\"]*\")*>", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex Tag();

    [GeneratedRegex("(?<= )(?<name>[a-z:-]+)=\"(?<value>[^\"]*)\"", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex Attribute();

    [GeneratedRegex("<svg [^>]*>", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex Picture();

    [GeneratedRegex("<figure>.*?</figure>", RegexOptions.Singleline, MatchTimeoutMilliseconds)]
    private static partial Regex Figure();

    [GeneratedRegex("<th scope=\"row\"[^>]*><a [^>]*><bdi>(?<name>[^<]*)</bdi>", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex RowHeader();

    [GeneratedRegex("<span class=\"badge [a-z]+\"><svg [^>]*><path [^>]*d=\"(?<shape>[^\"]+)\"/></svg>(?<text>[^<]+)</span>", RegexOptions.None, MatchTimeoutMilliseconds)]
    private static partial Regex Badge();
}
