namespace PSBatchExports;

/// <summary>Two texts do not name two integrations of one kind.</summary>
public sealed class IntegrationNameException : ArgumentException
{
    private const int MaxShown = 5;

    private IntegrationNameException(string message, IntegrationNameFailure reason) : base(message) => Reason = reason;

    /// <summary>The reason.</summary>
    public IntegrationNameFailure Reason { get; }

    internal static IntegrationNameException NotFound(string text, IReadOnlyList<BatchExportIntegration> all)
    {
        var head = $"No integration has the name or number '{DisplayText.Clean(text)}'.";
        var usable = all.Where(integration => IntegrationKinds.All.Contains(integration.Kind, StringComparer.Ordinal)).ToArray();
        return new(
            usable.Length == 0 ? $"{head} There are none that exports can use." : $"{head} There are: {List(usable)}.",
            IntegrationNameFailure.NotFound);
    }

    internal static IntegrationNameException Ambiguous(string text, IReadOnlyList<BatchExportIntegration> named) => new(
        FormattableString.Invariant($"{named.Count} integrations have the name '{DisplayText.Clean(text)}': {List(named)}."),
        IntegrationNameFailure.Ambiguous);

    internal static IntegrationNameException Same(BatchExportIntegration integration) => new(
        $"From and to are the same integration, {Describe(integration)}.",
        IntegrationNameFailure.Same);

    internal static IntegrationNameException KindsDiffer(
        string from, IReadOnlyList<BatchExportIntegration> olds, string to, IReadOnlyList<BatchExportIntegration> news) => new(
        $"'{DisplayText.Clean(from)}' and '{DisplayText.Clean(to)}' are not of the same kind: {List(olds)}; {List(news)}.",
        IntegrationNameFailure.KindsDiffer);

    private static string List(IReadOnlyList<BatchExportIntegration> integrations)
    {
        var more = integrations.Count > MaxShown ? FormattableString.Invariant($" and {integrations.Count - MaxShown} more") : "";
        return string.Join(", ", integrations.Take(MaxShown).Select(Describe)) + more;
    }

    private static string Describe(BatchExportIntegration integration) => DisplayText.Clean(integration.ToString())!;
}

/// <summary>Why two texts do not name two integrations of one kind.</summary>
public enum IntegrationNameFailure
{
    /// <summary>No integration has that name or number.</summary>
    NotFound,

    /// <summary>Several pairs of one kind have those names.</summary>
    Ambiguous,

    /// <summary>Both name the same integration.</summary>
    Same,

    /// <summary>The two are of different kinds.</summary>
    KindsDiffer,
}
