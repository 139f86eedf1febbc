namespace PSBatchExports.Emulator;

/// <summary>A fault to inject into matching requests.</summary>
public sealed record Fault
{
    public const string Api = "api";
    public const string Storage = "storage";

    /// <summary><see cref="Api"/> or <see cref="Storage"/>.</summary>
    public string Origin { get; init; } = Api;

    public string? Method { get; init; }

    /// <summary>A regular expression for the path as sent.</summary>
    public string? PathPattern { get; init; }

    /// <summary>Number of requests that the fault applies to.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Number of matching requests to let pass first.</summary>
    public int Skip { get; init; }

    /// <summary>Status to return instead of the real one.</summary>
    public int? Status { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    public string? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Time to wait first.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Reset the connection before the request is processed.</summary>
    public bool Reset { get; init; }

    /// <summary>Process the request, then reset the connection: the response is lost.</summary>
    public bool ResetAfterProcessing { get; init; }

    /// <summary>Process the request, but return <see cref="Status"/>.</summary>
    public bool ProcessFirst { get; init; }

    /// <summary>Number of body bytes to send before closing the connection early.</summary>
    public long? TruncateAfter { get; init; }

    /// <summary>Send the headers and part of the body, then nothing more.</summary>
    public bool Stall { get; init; }

    /// <summary>Ignore the Range header.</summary>
    public bool IgnoreRange { get; init; }

    /// <summary>Accept the request and never respond.</summary>
    public bool StallHeaders { get; init; }
}
