using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>What can happen to any request: it is refused, or its answer is lost, before or after it took effect.</summary>
internal static class RequestFaults
{
    private static readonly Dictionary<string, Fault> ByName = new(StringComparer.Ordinal)
    {
        ["unavailable"] = new Fault { Status = 503, Body = """{"type":"server_error","code":"error","detail":"x","attr":null}""" },
        ["unavailable after processing"] = new Fault { Status = 502, Body = "", ProcessFirst = true },
        ["connection reset"] = new Fault { Reset = true },
        ["answer lost"] = new Fault { ResetAfterProcessing = true },
        ["throttled"] = new Fault { Status = 429, Body = """{"type":"throttled_error","code":"throttled","detail":"x","attr":null}""" },
    };

    public static TheoryData<string> Names => [.. ByName.Keys];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="request">How many requests are served before.</param>
    public static Fault At(string name, int request) => ByName[name] with { Skip = request };
}
