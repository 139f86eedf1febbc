using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Core.Tests.Reports.Browser;

/// <summary>A page in a headless Chromium, which is told what to do by the DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly TestFolder _profile = new();
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonNode> _events = [];
    private Process? _process;
    private string? _session;
    private int _calls;

    private Chromium()
    {
    }

    /// <summary>The program; null if it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What the page did: messages of its console, exceptions, and refusals by its policy.</summary>
    public IEnumerable<string> Messages => EventsOf("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        .Select(message => message.ToJsonString());

    /// <summary>The addresses that were asked for.</summary>
    public IEnumerable<string> Requests => EventsOf("Network.requestWillBeSent").Select(request => (string)request["params"]!["request"]!["url"]!);

    /// <summary>Opens a file.</summary>
    /// <param name="file">The path.</param>
    /// <param name="width">The width of the window.</param>
    /// <param name="isScripted">Whether scripts run.</param>
    public static async Task<Chromium> OpenAsync(string file, int width, bool isScripted = true)
    {
        var browser = new Chromium();
        try
        {
            await browser.StartAsync();
            await browser.CallAsync("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = !isScripted });
            await browser.CallAsync(
                "Emulation.setDeviceMetricsOverride",
                new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = width < 500 });
            await browser.CallAsync("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
            while (!browser.EventsOf("Page.loadEventFired").Any())
                browser._events.Add(await browser.ReceiveAsync());

            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression of JavaScript in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } failure ? throw new InvalidOperationException(failure.ToJsonString()) : answer["result"]!["value"];
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WithTimeout();
            _process.Dispose();
        }

        _timeout.Dispose();
        _profile.Dispose();
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(Program!) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", $"--user-data-dir={_profile.Path}",
            "about:blank",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        _process = Process.Start(start)!;
        await _socket.ConnectAsync(await FindAddressAsync(_process.StandardError), _timeout.Token);
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);

        var target = await CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await CallAsync(
            "Target.attachToTarget", new JsonObject { ["targetId"] = (string?)target["targetId"], ["flatten"] = true });
        _session = (string?)attached["sessionId"];
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await CallAsync($"{domain}.enable", []);
    }

    private async Task<Uri> FindAddressAsync(StreamReader output)
    {
        while (await output.ReadLineAsync(_timeout.Token) is { } line)
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
                return new Uri(line[Announcement.Length..]);
        }

        throw new InvalidOperationException("Chromium did not start.");
    }

    private IEnumerable<JsonNode> EventsOf(params string[] methods) => _events.Where(received => methods.Contains((string?)received["method"]));

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        var call = new JsonObject { ["id"] = ++_calls, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
            call["sessionId"] = _session;

        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, endOfMessage: true, _timeout.Token);
        while (true)
        {
            var received = await ReceiveAsync();
            if ((int?)received["id"] == _calls)
                return received["result"] ?? throw new InvalidOperationException(received.ToJsonString());

            _events.Add(received);
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, _timeout.Token);
            await message.WriteAsync(buffer.AsMemory(0, part.Count), _timeout.Token);
            if (part.EndOfMessage)
                return JsonNode.Parse(message.ToArray())!;
        }
    }
}
