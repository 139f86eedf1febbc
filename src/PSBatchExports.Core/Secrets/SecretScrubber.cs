using System.Collections;

namespace PSBatchExports.Secrets;

/// <summary>
/// Removes the secrets of a client from every text that is shown: exception messages and what observers get. Servers may repeat what they
/// were sent in any part of a response, so no text is exempt.
/// </summary>
/// <param name="secrets">Returns the current secrets, which are not kept here.</param>
internal sealed class SecretScrubber(Func<IEnumerable<Secret>> secrets)
{
    /// <summary>Hides nothing.</summary>
    public static readonly SecretScrubber None = new(() => []);

    /// <summary>A scrubber that also hides more secrets.</summary>
    public SecretScrubber With(Func<IEnumerable<Secret>> more) => new(() => secrets().Concat(more()));

    public string Hide(string text) => text.Length == 0 ? text : SecretText.Replace(text, secrets());

    public string? HideIn(string? text) => text is null ? null : Hide(text);

    /// <summary>
    /// The same exception if neither it nor its inner exceptions contain a secret; otherwise a <see cref="ScrubbedException"/>.
    /// </summary>
    public Exception? HideIn(Exception? failure)
    {
        if (failure is null || !TextsOf(failure).Any(text => Hide(text) != text))
            return failure;

        return new ScrubbedException(failure.GetType().FullName!, Hide(failure.Message), HideIn(failure.InnerException));
    }

    private static IEnumerable<string> TextsOf(Exception failure)
    {
        yield return failure.ToString();
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            foreach (DictionaryEntry entry in cause.Data)
                yield return $"{entry.Key} {entry.Value}";
        }
    }
}
