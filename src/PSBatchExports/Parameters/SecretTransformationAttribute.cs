using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes the password of a credential. Says how to give a secret to whoever gives one as plain text, without repeating it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        string => throw new ArgumentTransformationMetadataException(
            "Plain text is not accepted, because it stays in histories and transcripts. Give a SecureString: (Read-Host -AsSecureString), or one of a secret store."),
        PSCredential credential => credential.Password,
        _ => inputData,
    };
}
