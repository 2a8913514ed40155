using System.Text.RegularExpressions;

namespace PromptStash.IntegrationTests.Database;

/// <summary>
/// The models of the seed, word for word but for relations, which have no column. What the database holds is compared with them, never
/// with our own classes.
/// </summary>
internal static partial class Seed
{
    private const string Models =
        """
        model User identity.users
          id               String
          name             String
          email            String
          emailVerified    Boolean
          image            String?
          twoFactorEnabled Boolean?
          createdAt        DateTime
          updatedAt        DateTime
        model Session identity.sessions
          id        String
          token     String
          expiresAt DateTime
          ipAddress String?
          userAgent String?
          userId    String
          createdAt DateTime
          updatedAt DateTime
        model Account identity.accounts
          id                    String
          accountId             String
          providerId            String
          userId                String
          accessToken           String?
          refreshToken          String?
          idToken               String?
          accessTokenExpiresAt  DateTime?
          refreshTokenExpiresAt DateTime?
          scope                 String?
          password              String?
          createdAt             DateTime
          updatedAt             DateTime
        model Verification identity.verifications
          id         String
          identifier String
          value      String
          expiresAt  DateTime
          createdAt  DateTime
          updatedAt  DateTime
        model TwoFactor identity.two_factors
          id          String
          secret      String
          backupCodes String
          userId      String
        model Stash stashes.stashes
          id          String
          name        String
          scope       StashScope
          description String?
          userId      String
          createdAt   DateTime
          updatedAt   DateTime
        model Folder stashes.folders
          id        String
          name      String
          path      String
          parentId  String?
          stashId   String
          createdAt DateTime
          updatedAt DateTime
        model File stashes.files
          id        String
          name      String
          path      String
          content   String
          fileType  FileType
          folderId  String?
          stashId   String
          createdAt DateTime
          updatedAt DateTime
        model Tag stashes.tags
          id        String
          name      String
          color     String?
          createdAt DateTime
          updatedAt DateTime
        model FileTag stashes.file_tags
          id        String
          fileId    String
          tagId     String
          createdAt DateTime
        model FileVersion stashes.file_versions
          id        String
          fileId    String
          content   String
          version   Int
          createdBy String
          createdAt DateTime
        model FileShare sharing.file_shares
          id         String
          fileId     String
          sharedWith String
          permission SharePermission
          shareToken String
          expiresAt  DateTime?
          createdBy  String
          createdAt  DateTime
        """;

    /// <summary>Where the design says otherwise about what may be absent, and why.</summary>
    private static readonly Dictionary<string, bool> OtherNullability = new()
    {
        ["identity.users.two_factor_enabled"] = false, // Absent and false mean the same, so one of them is enough.
        ["sharing.file_shares.file_id"] = true, // A folder or a stash can be shared too.
        ["sharing.file_shares.shared_with"] = true, // A link is shared with nobody by name.
        ["sharing.file_shares.share_token"] = true, // A share with a person has no link.
    };

    /// <summary>What the design keeps elsewhere, and why.</summary>
    private static readonly Dictionary<string, (string Table, string Column)> OtherPlaces = new()
    {
        // A text that many versions hold is stored once, packed.
        ["stashes.file_versions.content"] = ("stashes.contents", "data"),
    };

    public static IEnumerable<(string Table, string Column, string Type, bool Nullable)> Columns
    {
        get
        {
            var table = "";
            foreach (var words in Models.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                if (words is ["model", _, var name])
                {
                    table = name;
                    continue;
                }

                var column = SnakeCase(words[0]);
                var nullable = OtherNullability.GetValueOrDefault($"{table}.{column}", words[1].EndsWith('?'));
                var place = OtherPlaces.GetValueOrDefault($"{table}.{column}", (table, column));
                yield return (place.Item1, place.Item2, words[1].TrimEnd('?'), nullable);
            }
        }
    }

    public static IEnumerable<string> Tables => Columns.Select(column => column.Table).Except(OtherPlaces.Values.Select(place => place.Table)).Distinct();

    /// <summary>How PostgreSQL may spell a type of the seed: ids are uuids, and what is a secret is there as its hash.</summary>
    public static string[] TypesFor(string type) => type switch
    {
        "String" => ["text", "character varying", "uuid", "bytea"],
        "DateTime" => ["timestamp with time zone"],
        "Boolean" => ["boolean"],
        "Int" => ["integer"],
        "StashScope" => ["stashes.stash_scope"],
        "FileType" => ["stashes.file_type"],
        "SharePermission" => ["sharing.share_permission"],
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The seed has no such type."),
    };

    private static string SnakeCase(string name) => Capital().Replace(name, match => "_" + match.Value.ToLowerInvariant());

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
