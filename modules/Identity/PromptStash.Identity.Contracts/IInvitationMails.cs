namespace PromptStash.Identity.Contracts;

/// <summary>Tells people by mail that something was shared with them. Asked from an outbox, never while a request waits.</summary>
public interface IInvitationMails
{
    /// <summary>Whether mails can be sent at all.</summary>
    bool IsEnabled { get; }

    /// <summary>Sends one mail; throws when it could not be handed on, to be tried again later.</summary>
    Task SendAsync(Invitation invitation, CancellationToken cancellationToken);
}

/// <summary>What somebody is told about something that was shared with them.</summary>
/// <param name="Email">The address, in the spelling under which it is kept.</param>
/// <param name="OwnerName">What its owner calls themselves.</param>
/// <param name="Thing">What it is, in a word, such as <c>folder</c>.</param>
/// <param name="Note">A word from its owner.</param>
public sealed record Invitation(string Email, string OwnerName, string Thing, string? Note);
