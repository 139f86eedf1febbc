using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>The parameters of commands that start on-demand runs.</summary>
internal interface IOnDemandSettings
{
    string? Model { get; }

    string? Format { get; }

    string? Compression { get; }

    int? MaxFileSizeMB { get; }

    string[]? Include { get; }

    string[]? Exclude { get; }

    string? HogQLQuery { get; }

    IDictionary? HogQLModifier { get; }

    SwitchParameter Utc { get; }
}

/// <summary>Turns those parameters into requests.</summary>
internal static class OnDemandSettings
{
    /// <summary>The model; without one, that of the query, else events.</summary>
    public static string EffectiveModel(this IOnDemandSettings settings)
    {
        if (!string.IsNullOrEmpty(settings.Model))
            return settings.Model;

        return string.IsNullOrEmpty(settings.HogQLQuery) ? "events" : "hogql";
    }

    /// <summary>The request for an interval.</summary>
    public static OnDemandRunRequest ToRequest(this IOnDemandSettings settings, DataInterval interval = default)
    {
        var model = settings.EffectiveModel();
        return new OnDemandRunRequest
        {
            Model = model,
            DataIntervalStart = interval.Start,
            DataIntervalEnd = interval.End,
            Format = FileFormats.Canonical(settings.Format),
            Compression = FileFormats.Canonical(settings.Compression),
            MaxFileSizeMB = settings.MaxFileSizeMB,
            Include = settings.Include,
            Exclude = settings.Exclude,
            HogQLQuery = settings.HogQLQuery,
            HogQLModifiers = QueryModifiers.From(settings.HogQLModifier, settings.Utc, model),
        };
    }
}
