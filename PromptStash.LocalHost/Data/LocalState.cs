using System.Security.Cryptography;
using System.Text.Json;

namespace PromptStash.LocalHost.Data;

/// <summary>What LocalHost remembers from one start to the next, in DATA/state.json.</summary>
internal sealed record LocalState(string DatabasePassword, int? PostgresPort = null, int? PgBouncerPort = null, bool FirstStartDone = false)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The remembered state, or that of a first start with a new password.</summary>
    public static LocalState Load(string path) =>
        File.Exists(path) ? Read(path) : new LocalState(RandomNumberGenerator.GetHexString(64, lowercase: true));

    public void Save(string path) => OwnerOnly.Write(path, JsonSerializer.Serialize(this, Json) + "\n");

    private static LocalState Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalState>(File.ReadAllText(path), Json)
                is { DatabasePassword.Length: > 0 } state
                ? state
                : throw new JsonException("there is no databasePassword in it");
        }
        catch (JsonException exception)
        {
            throw new LocalHostException(
                $"{path} cannot be read ({exception.Message}). It holds the database's password: bring it back from a backup, "
                + "or start with another data folder (--data DIR).", exception);
        }
    }
}
