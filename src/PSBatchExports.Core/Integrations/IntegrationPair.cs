using System.Globalization;

namespace PSBatchExports.Integrations;

/// <summary>The two integrations of a switch, found by number or name.</summary>
internal sealed record IntegrationPair(BatchExportIntegration From, BatchExportIntegration To)
{
    /// <exception cref="IntegrationNameException">A text names none or several, or the two are not of one kind.</exception>
    public static IntegrationPair Find(IReadOnlyList<BatchExportIntegration> all, string from, string to)
    {
        var (olds, news) = (Named(all, from), Named(all, to));
        var pairs =
            from old in olds
            from other in news
            where old.Kind == other.Kind && old.IntegrationId != other.IntegrationId
            select new IntegrationPair(old, other);
        return pairs.ToArray() switch
        {
            [var pair] => pair,
            [] when olds is [var only] && news is [var same] && only.IntegrationId == same.IntegrationId =>
                throw IntegrationNameException.Same(only),
            [] => throw IntegrationNameException.KindsDiffer(from, olds, to, news),
            _ => throw IntegrationNameException.Ambiguous(olds.Length > 1 ? from : to, olds.Length > 1 ? olds : news),
        };
    }

    /// <summary>The service's names are case-sensitive; a name in other case is found if there is none in the same.</summary>
    private static BatchExportIntegration[] Named(IReadOnlyList<BatchExportIntegration> all, string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && all.FirstOrDefault(integration => integration.IntegrationId == id) is { } numbered)
        {
            return [numbered];
        }

        var named = all.Where(integration => integration.Name == text).ToArray();
        if (named.Length == 0)
            named = [.. all.Where(integration => string.Equals(integration.Name, text, StringComparison.OrdinalIgnoreCase))];

        return named.Length > 0 ? named : throw IntegrationNameException.NotFound(text, all);
    }
}
