namespace PSBatchExports.Secrets;

/// <summary>What to look for in a text: a secret as it is, or encoded.</summary>
internal sealed record SecretForm(string Text, bool IsEncoded);
