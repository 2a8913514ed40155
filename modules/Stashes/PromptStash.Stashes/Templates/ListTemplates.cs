namespace PromptStash.Stashes.Templates;

/// <summary>All templates.</summary>
internal sealed record FileTemplates(IReadOnlyList<FileTemplate> Items);

internal static class ListTemplates
{
    public static void MapListTemplates(this IEndpointRouteBuilder templates) =>
        templates.MapGet("/", Handle)
            .AllowAnonymous()
            .WithName(nameof(ListTemplates))
            .WithSummary("List a file of each kind to begin with")
            .WithDescription("Open to everybody. Each passes the check without a finding. There is none of a session, which is recorded and not written.")
            .WithResponseExample(new FileTemplates([FileTemplate.All[0]]));

    private static Ok<FileTemplates> Handle() => TypedResults.Ok(new FileTemplates(FileTemplate.All));
}
