namespace PromptStash.Stashes.Access;

/// <summary>
/// A write turned out not to be covered by what its author was given, or not any more. It must not be committed; <see cref="GrantedAccessFilter"/>
/// answers it.
/// </summary>
internal sealed class AccessEndedException() : Exception("The grant that a write needs does not hold, or not any more.");
