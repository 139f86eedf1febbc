using System.Diagnostics;

// The compiler of C# makes the state of an asynchronous method a class only if it does not optimize. As a structure, each would be a type
// argument of the runtime's own code, which cannot be precompiled then: seven methods for each method that a command awaits. The runtime
// optimizes all the same: without this attribute the compiler would forbid it, and the hash of Files/Integrity/Md5Lanes.cs would be twenty
// times slower.
[assembly: Debuggable(DebuggableAttribute.DebuggingModes.IgnoreSymbolStoreSequencePoints)]
