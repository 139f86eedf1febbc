using Xunit;

namespace PSBatchExports.Core.Tests.Reports.Browser;

/// <summary>The page works in a browser, under its own policy.</summary>
public sealed class ReportInBrowserTests : IDisposable
{
    private const string Hostile = "<script>alert(1)</script> \"quoted\" & more";
    private const string Names = "[...document.querySelectorAll('#overview tbody th')].map(cell => cell.textContent)";

    private const string OverflowingCells =
        "[...document.querySelectorAll('#overview tbody tr > *')].filter(cell => cell.scrollWidth > cell.clientWidth + 1).length";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tests_in_a_browser_are_named_if_they_are_left_out()
    {
        var tests = typeof(ReportInBrowserTests).GetMethods()
            .Where(method => method.IsDefined(typeof(ChromiumFactAttribute), inherit: false))
            .Select(method => method.Name)
            .ToArray();

        if (Chromium.Program is null)
            TestContext.Current.AddWarning($"Chromium is not installed. Left out: {string.Join(", ", tests)}");

        Assert.NotEmpty(tests);
    }

    [ChromiumFact]
    public async Task Page_sends_no_request_and_breaks_no_rule_of_its_policy()
    {
        await using var browser = await OpenAsync(1400);

        await browser.EvaluateAsync("document.querySelector('th button').click()");

        Assert.Empty(browser.Messages);
        Assert.All(browser.Requests, address => Assert.EndsWith("report.html", address, StringComparison.Ordinal));
        Assert.NotEmpty(browser.Requests);
    }

    [ChromiumFact(IsLong = true)]
    public async Task Policy_refuses_script_and_style_that_are_not_of_the_page()
    {
        await using var browser = await OpenAsync(1400);

        await browser.EvaluateAsync(
            "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.isBroken = true' }))");
        await browser.EvaluateAsync(
            "document.body.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' }))");

        Assert.Null(await browser.EvaluateAsync("window.isBroken"));
        Assert.Equal("block", (string?)await browser.EvaluateAsync("getComputedStyle(document.body).display"));
        Assert.NotEmpty(browser.Messages);
    }

    [ChromiumFact]
    public async Task Hostile_names_are_text()
    {
        await using var browser = await OpenAsync(1400);

        Assert.Equal(Hostile, (string?)await browser.EvaluateAsync("document.querySelector('section h2').textContent"));
        Assert.Equal(Hostile, (string?)await browser.EvaluateAsync("document.querySelector('code').textContent"));
        Assert.Equal(1, (int?)await browser.EvaluateAsync("document.scripts.length"));
    }

    [ChromiumFact]
    public async Task Columns_sort_both_ways_and_say_so()
    {
        await using var browser = await OpenAsync(1400);
        var original = await NamesAsync(browser);

        await browser.EvaluateAsync("document.querySelectorAll('th button')[1].click()");
        var ascending = await NamesAsync(browser);
        var direction = await browser.EvaluateAsync("document.querySelectorAll('#overview thead th')[1].ariaSort");

        await browser.EvaluateAsync("document.querySelectorAll('th button')[1].click()");
        var descending = await NamesAsync(browser);

        Assert.Equal("ascending", (string?)direction);
        Assert.Equal(original.Order(StringComparer.OrdinalIgnoreCase), ascending);
        Assert.NotEqual(original, ascending);
        Assert.Equal(Enumerable.Reverse(ascending), descending);
        Assert.Equal(1, (int?)await browser.EvaluateAsync("document.querySelectorAll('th[aria-sort]').length"));
    }

    [ChromiumFact(IsLong = true)]
    public async Task Headers_are_buttons_for_the_keyboard()
    {
        await using var browser = await OpenAsync(1400);

        Assert.Equal(
            (int?)await browser.EvaluateAsync("document.querySelectorAll('#overview thead th').length"),
            (int?)await browser.EvaluateAsync("[...document.querySelectorAll('th button')].filter(button => button.tabIndex === 0).length"));
    }

    [ChromiumFact(IsLong = true)]
    public async Task Page_is_complete_without_script()
    {
        await using var browser = await Chromium.OpenAsync(Save(), 1400, isScripted: false);

        Assert.Equal(SampleReports.All.Count + 1, (await NamesAsync(browser)).Length);
        Assert.Equal(0, (int?)await browser.EvaluateAsync("document.querySelectorAll('button').length"));
    }

    [ChromiumFact(IsLong = true)]
    public async Task Page_does_not_scroll_sideways_and_no_cell_overflows_whatever_the_names()
    {
        var file = Save(Hostile, new string('x', 300), "a b-c_d/e.f");
        foreach (var width in new[] { 360, 800, 1400 })
        {
            await using var browser = await Chromium.OpenAsync(file, width);

            Assert.InRange((int)(await browser.EvaluateAsync("document.documentElement.scrollWidth"))!, 1, width);
            Assert.Equal(0, (int?)await browser.EvaluateAsync(OverflowingCells));
        }
    }

    private static async Task<string[]> NamesAsync(Chromium browser) =>
        [.. (await browser.EvaluateAsync(Names))!.AsArray().Select(name => (string)name!)];

    private Task<Chromium> OpenAsync(int width) => Chromium.OpenAsync(Save(), width);

    private string Save() => Save(Hostile);

    private string Save(params string[] names)
    {
        var file = Path.Combine(_folder.Path, "report.html");
        File.WriteAllText(file, SampleReports.Page([.. names.Select(SampleReports.WithGap), .. SampleReports.All]));
        return file;
    }
}
