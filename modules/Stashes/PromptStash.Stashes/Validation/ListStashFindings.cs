using Microsoft.Extensions.Options;
using PromptStash.Stashes.Access;
using PromptStash.Stashes.Data;

namespace PromptStash.Stashes.Validation;

/// <summary>The findings of one file, those about other files of the stash among them.</summary>
internal sealed record StashFileFindings(Guid FileId, string Path, FileKind Kind, int Version, IReadOnlyList<Finding> Findings);

internal static class ListStashFindings
{
    /// <summary>How many files one request checks.</summary>
    private const int MaxFiles = 500;

    /// <summary>How many files are read at a time.</summary>
    private const int MaxBatchFiles = 50;

    /// <summary>How much is read at a time, in bytes; a file that is larger is read alone.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    public static void MapListStashFindings(this IEndpointRouteBuilder stashes) =>
        stashes.MapGet("/{stashId:guid}/findings", HandleAsync)
            .RequireAuthorization()
            .OpenToGrants(GrantNeed.View)
            .WithName(nameof(ListStashFindings))
            .WithSummary("Check all files of a stash, also against one another")
            .WithDescription("Files with findings in path order. One request checks a bounded number of files, so a page may be short or empty and still have a next one.")
            .WithResponseExample(new Page<StashFileFindings>(
                [new StashFileFindings(Files.FileSummary.Example.Id, ".mcp.json", FileKind.Mcp, 1, [FindingExamples.UrlWithoutType])], Next: null));

    private static async Task<Results<Ok<Page<StashFileFindings>>, NotFound, ValidationProblem>> HandleAsync(
        Guid stashId,
        ClaimsPrincipal user,
        StashAccess access,
        StashesDbContext db,
        IOptions<StashesOptions> options,
        CancellationToken cancellationToken,
        [Description("The 'next' of the previous page.")] string? after = null,
        [Range(1, Cursor.MaxLimit), Description("How many to answer, 1 to 100.")] int limit = 20)
    {
        if (!Cursor.TryDecode(after, out var afterPath))
        {
            return Problems.InvalidCursor();
        }

        if (!await access.StashesOf(user).AnyAsync(s => s.Id == stashId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        // What the stash has is known without its contents, so every page is checked against all of it.
        var files = access.FilesOf(user).Where(f => f.StashId == stashId);
        var stash = new StashCheck(await files.Select(f => new StashEntry(f.Path, f.Kind, f.Fields)).ToListAsync(cancellationToken));
        var heads = await files
#pragma warning disable CA1309 // PostgreSQL compares, and "C" is its ordinal comparison.
            .Where(f => afterPath == null || string.Compare(EF.Functions.Collate(f.Path, "C"), afterPath) > 0)
#pragma warning restore CA1309
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Take(MaxFiles)
            .Select(f => new Head(f.Id, f.Path, f.Size))
            .ToListAsync(cancellationToken);
        var found = new List<StashFileFindings>();
        var (begun, bytes) = (0, 0L);
        foreach (var batch in Batches(heads, Math.Min(MaxBatchBytes, options.Value.MaxCheckedBytes)))
        {
            if (bytes >= options.Value.MaxCheckedBytes)
            {
                return TypedResults.Ok(new Page<StashFileFindings>(found, Cursor.Encode(heads[begun - 1].Path)));
            }

            bytes += heads.Skip(begun).Take(batch.Count).Sum(head => (long)head.Size);
            begun += batch.Count;
            foreach (var file in await CheckAsync(files, stash, batch, cancellationToken))
            {
                found.Add(file);
                if (found.Count == limit)
                {
                    // A next page there is even where nothing follows: to know it, the rest would have to be checked.
                    return TypedResults.Ok(new Page<StashFileFindings>(found, Cursor.Encode(file.Path)));
                }
            }
        }

        return TypedResults.Ok(new Page<StashFileFindings>(found, heads.Count == MaxFiles ? Cursor.Encode(heads[^1].Path) : null));
    }

    private static async Task<List<StashFileFindings>> CheckAsync(IQueryable<StashFile> files, StashCheck stash, List<Guid> batch, CancellationToken cancellationToken)
    {
        var contents = await files
            .Where(f => batch.Contains(f.Id))
            .OrderBy(f => EF.Functions.Collate(f.Path, "C"))
            .Select(f => new { f.Id, f.Path, f.Kind, f.Version, f.Content })
            .ToListAsync(cancellationToken);

        return
        [
            .. from file in contents
               let check = Checker.Check(file.Path, file.Content, file.Kind)
               let findings = new StashFileFindings(file.Id, file.Path, file.Kind, file.Version, [.. check.Findings, .. stash.Check(file.Path, check)])
               where findings.Findings.Count > 0
               select findings,
        ];
    }

    /// <summary>As many files at a time as may be held in memory, at least one.</summary>
    private static IEnumerable<List<Guid>> Batches(List<Head> heads, int maxBytes)
    {
        var batch = new List<Guid>();
        var bytes = 0L;
        foreach (var head in heads)
        {
            if (batch.Count > 0 && (batch.Count == MaxBatchFiles || bytes + head.Size > maxBytes))
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(head.Id);
            bytes += head.Size;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private sealed record Head(Guid Id, string Path, int Size);
}
