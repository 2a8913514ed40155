using System.Text.Json.Serialization;

namespace PromptStash.Stashes.Validation;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Claude Code does not load it, or runs something else than what is written.</summary>
    [JsonStringEnumMemberName("error")] Error,

    /// <summary>Something written has no effect, or has one that its author may not want.</summary>
    [JsonStringEnumMemberName("warning")] Warning,

    /// <summary>Worth knowing: a recommendation that is not followed, or another agent that would not take the file.</summary>
    [JsonStringEnumMemberName("info")] Info,
}

/// <summary>One thing that was found in a file.</summary>
/// <param name="Code">One of <see cref="FindingCodes"/>; it never changes its meaning.</param>
/// <param name="Severity">How much it matters; always the same for one code.</param>
/// <param name="Message">What is written there and what Claude Code does with it. A secret is never repeated.</param>
/// <param name="Line">The line, counted from 1. LF, CRLF and a lone CR end a line.</param>
/// <param name="Column">The column, counted from 1 in UTF-16 units, as editors do; a byte order mark counts as one.</param>
/// <param name="Fix">A change after which the finding is gone and nothing else has another meaning; null where there is no safe one.</param>
public sealed record Finding(string Code, Severity Severity, string Message, int Line, int Column, Fix? Fix);

/// <summary>A change that removes a finding.</summary>
/// <param name="Title">What it does, in a few words.</param>
/// <param name="Edits">The edits, by rising offset, none overlapping another. All are applied or none.</param>
public sealed record Fix(string Title, IReadOnlyList<TextEdit> Edits)
{
    internal static Fix Replace(string title, int offset, int length, string newText) => new(title, [new TextEdit(offset, length, newText)]);
}

/// <summary>Replaces a piece of text.</summary>
/// <param name="Offset">Where, in UTF-16 units from the beginning of the file.</param>
/// <param name="Length">How many UTF-16 units go.</param>
/// <param name="NewText">What comes in their place.</param>
public sealed record TextEdit(int Offset, int Length, string NewText);
