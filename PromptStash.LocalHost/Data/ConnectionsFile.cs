using System.Text.Json;

namespace PromptStash.LocalHost.Data;

/// <summary>
/// DATA/connections.json: how other programs reach the running database. Both entries always work: without PgBouncer, 'pooled' is
/// the direct connection too. 'url' is the direct one in the form that psql and pg_dump take.
/// </summary>
internal sealed record ConnectionsFile(string Direct, string Pooled, string Url)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Save(string path) => OwnerOnly.Write(path, JsonSerializer.Serialize(this, Json) + "\n");
}
