using Microsoft.EntityFrameworkCore;

namespace PromptStash.AppHost.Tests;

/// <summary>The database as anyone with a connection string sees it; the modules' own contexts are nobody else's business.</summary>
internal sealed class OrchestratedDatabase(DbContextOptions<OrchestratedDatabase> options) : DbContext(options);
