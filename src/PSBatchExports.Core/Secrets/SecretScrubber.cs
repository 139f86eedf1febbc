using System.Collections;

namespace PSBatchExports.Secrets;

/// <summary>
/// Knows the secrets of a client and takes them out of every text on its way to people: messages of exceptions, what observers are told.
/// Servers repeat what they were sent, in any part of an answer, so what is shown is not trusted because of where it stands.
/// </summary>
/// <param name="secrets">Gives the secrets at the moment that a text is looked through; they are not kept here.</param>
internal sealed class SecretScrubber(Func<IEnumerable<Secret>> secrets)
{
    /// <summary>Knows no secrets.</summary>
    public static readonly SecretScrubber None = new(() => []);

    /// <summary>Knows these secrets and more.</summary>
    public SecretScrubber With(Func<IEnumerable<Secret>> more) => new(() => secrets().Concat(more()));

    public string Hide(string text) => text.Length == 0 ? text : SecretText.Replace(text, secrets());

    public string? HideIn(string? text) => text is null ? null : Hide(text);

    /// <summary>
    /// The same exception where nothing that it says, or that its causes say, holds a secret; otherwise one that says the same without.
    /// </summary>
    public Exception? HideIn(Exception? failure)
    {
        if (failure is null || !Said(failure).Any(text => Hide(text) != text))
            return failure;

        return new ScrubbedException(failure.GetType().FullName!, Hide(failure.Message), HideIn(failure.InnerException));
    }

    private static IEnumerable<string> Said(Exception failure)
    {
        yield return failure.ToString();
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            foreach (DictionaryEntry entry in cause.Data)
                yield return $"{entry.Key} {entry.Value}";
        }
    }
}
