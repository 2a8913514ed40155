using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Stashes.Data.Migrations
{
    /// <inheritdoc />
    [PromptStash.BuildingBlocks.NeedsDowntime("It builds indexes, before there was a release that anybody runs.")]
    public partial class Structure : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_stashes_deleted_at",
                schema: "stashes",
                table: "stashes",
                column: "deleted_at",
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_folders_trash",
                schema: "stashes",
                table: "folders",
                columns: new[] { "stash_id", "deleted_at" },
                filter: "trash_id = id");

            migrationBuilder.CreateIndex(
                name: "ix_folders_trash_deleted_at",
                schema: "stashes",
                table: "folders",
                column: "deleted_at",
                filter: "trash_id = id");

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_id",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "id" },
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_size_id",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "size", "id" },
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_trash",
                schema: "stashes",
                table: "files",
                columns: new[] { "owner_id", "deleted_at", "id" },
                descending: new[] { false, true, true },
                filter: "trash_id = id");

            migrationBuilder.CreateIndex(
                name: "ix_files_trash_deleted_at",
                schema: "stashes",
                table: "files",
                column: "deleted_at",
                filter: "trash_id = id");

            migrationBuilder.Sql(StructureSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(StructureSql.Down);

            migrationBuilder.DropIndex(
                name: "ix_stashes_deleted_at",
                schema: "stashes",
                table: "stashes");

            migrationBuilder.DropIndex(
                name: "ix_folders_trash",
                schema: "stashes",
                table: "folders");

            migrationBuilder.DropIndex(
                name: "ix_folders_trash_deleted_at",
                schema: "stashes",
                table: "folders");

            migrationBuilder.DropIndex(
                name: "ix_files_stash_id_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_stash_id_size_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_trash",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_trash_deleted_at",
                schema: "stashes",
                table: "files");
        }
    }
}
