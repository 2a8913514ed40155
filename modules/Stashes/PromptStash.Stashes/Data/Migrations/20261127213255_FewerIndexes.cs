using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace PromptStash.Stashes.Data.Migrations
{
    /// <inheritdoc />
    [PromptStash.BuildingBlocks.NeedsDowntime("It drops indexes, before there was a release that anybody runs.")]
    public partial class FewerIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_files_stash_id_kind",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_stash_id_size_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_unchecked",
                schema: "stashes",
                table: "files");

            migrationBuilder.CreateTable(
                name: "checks_due",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    stash_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_checks_due", x => x.id);
                });
            migrationBuilder.Sql(IndexSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(IndexSql.Down);

            migrationBuilder.DropTable(
                name: "checks_due",
                schema: "stashes");

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_kind",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_size_id",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "size", "id" },
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_unchecked",
                schema: "stashes",
                table: "files",
                column: "id",
                filter: "checked_rules IS NULL AND deleted_at IS NULL");
        }
    }
}
