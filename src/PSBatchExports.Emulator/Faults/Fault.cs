namespace PSBatchExports.Emulator;

/// <summary>Something that goes wrong with matching requests.</summary>
public sealed record Fault
{
    public const string Api = "api";
    public const string Storage = "storage";

    /// <summary><see cref="Api"/> or <see cref="Storage"/>.</summary>
    public string Origin { get; init; } = Api;

    public string? Method { get; init; }

    /// <summary>A regular expression over the path as sent.</summary>
    public string? PathPattern { get; init; }

    /// <summary>How many requests it hits before it is used up.</summary>
    public int Times { get; init; } = 1;

    /// <summary>How many matching requests pass unharmed first.</summary>
    public int Skip { get; init; }

    /// <summary>Answers this instead of the real status.</summary>
    public int? Status { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    public string? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Wait before anything else.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Reset the connection before the request is processed.</summary>
    public bool Reset { get; init; }

    /// <summary>Process the request, then reset the connection: the response is lost.</summary>
    public bool ResetAfterProcessing { get; init; }

    /// <summary>Process the request, then response with <see cref="Status"/> all the same.</summary>
    public bool ProcessFirst { get; init; }

    /// <summary>Send so many bytes of the body, then close although more was announced.</summary>
    public long? TruncateAfter { get; init; }

    /// <summary>Send the headers and a little of the body, then nothing more.</summary>
    public bool Stall { get; init; }

    /// <summary>EmulatorResponse as if no part had been asked for.</summary>
    public bool IgnoreRange { get; init; }

    /// <summary>Take the request and never response.</summary>
    public bool StallHeaders { get; init; }
}
