using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using NpgsqlTypes;

#nullable disable

namespace PromptStash.Stashes.Data.Migrations
{
    /// <inheritdoc />
    [PromptStash.BuildingBlocks.NeedsDowntime("It moves the texts of all versions, before there was a release that anybody runs.")]
    public partial class Storage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_files_folders_folder_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropForeignKey(
                name: "fk_folders_folders_parent_id",
                schema: "stashes",
                table: "folders");

            migrationBuilder.Sql(StorageSql.DropReplaced);

            migrationBuilder.DropIndex(
                name: "ix_files_search_vector",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "search_vector",
                schema: "stashes",
                table: "files");

            migrationBuilder.AddColumn<Guid>(
                name: "trash_id",
                schema: "stashes",
                table: "folders",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "checked_rules",
                schema: "stashes",
                table: "files",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "description",
                schema: "stashes",
                table: "files",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "errors",
                schema: "stashes",
                table: "files",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string[]>(
                name: "fields",
                schema: "stashes",
                table: "files",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<int>(
                name: "infos",
                schema: "stashes",
                table: "files",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "owner_id",
                schema: "stashes",
                table: "files",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<int>(
                name: "tokens",
                schema: "stashes",
                table: "files",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "trash_id",
                schema: "stashes",
                table: "files",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "warnings",
                schema: "stashes",
                table: "files",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "message",
                schema: "stashes",
                table: "file_versions",
                type: "character varying(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "owner_id",
                schema: "stashes",
                table: "file_versions",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<int>(
                name: "tokens",
                schema: "stashes",
                table: "file_versions",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "contents",
                schema: "stashes",
                columns: table => new
                {
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    codec = table.Column<short>(type: "smallint", nullable: false),
                    base_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    depth = table.Column<short>(type: "smallint", nullable: false),
                    size = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_contents", x => new { x.owner_id, x.hash });
                    table.CheckConstraint("ck_contents_base", "(codec = 2) = (base_hash IS NOT NULL) AND (depth > 0) = (codec = 2)");
                    table.ForeignKey(
                        name: "fk_contents_contents_owner_id_base_hash",
                        columns: x => new { x.owner_id, x.base_hash },
                        principalSchema: "stashes",
                        principalTable: "contents",
                        principalColumns: new[] { "owner_id", "hash" });
                });

            migrationBuilder.CreateTable(
                name: "file_labels",
                schema: "stashes",
                columns: table => new
                {
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    updated_by = table.Column<Guid>(type: "uuid", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_labels", x => new { x.file_id, x.name });
                    table.ForeignKey(
                        name: "fk_file_labels_files_file_id",
                        column: x => x.file_id,
                        principalSchema: "stashes",
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "file_search",
                schema: "stashes",
                columns: table => new
                {
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    fields = table.Column<string[]>(type: "text[]", nullable: false),
                    vector = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_search", x => x.file_id);
                    table.ForeignKey(
                        name: "fk_file_search_files_file_id",
                        column: x => x.file_id,
                        principalSchema: "stashes",
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "usage_changes",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    stashes = table.Column<int>(type: "integer", nullable: false),
                    files = table.Column<int>(type: "integer", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_usage_changes", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_folders_trash_id",
                schema: "stashes",
                table: "folders",
                column: "trash_id",
                filter: "trash_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_owner_id_deleted_at",
                schema: "stashes",
                table: "files",
                columns: new[] { "owner_id", "deleted_at" },
                descending: new[] { false, true },
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_trash_id",
                schema: "stashes",
                table: "files",
                column: "trash_id",
                filter: "trash_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_files_unchecked",
                schema: "stashes",
                table: "files",
                column: "id",
                filter: "checked_rules IS NULL AND deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_file_versions_owner_id_content_hash",
                schema: "stashes",
                table: "file_versions",
                columns: new[] { "owner_id", "content_hash" });

            migrationBuilder.CreateIndex(
                name: "ix_contents_owner_id_base_hash",
                schema: "stashes",
                table: "contents",
                columns: new[] { "owner_id", "base_hash" });

            migrationBuilder.CreateIndex(
                name: "ix_usage_changes_owner_id",
                schema: "stashes",
                table: "usage_changes",
                column: "owner_id");

            migrationBuilder.Sql(StorageSql.MoveContents);

            migrationBuilder.DropColumn(
                name: "content",
                schema: "stashes",
                table: "file_versions");

            migrationBuilder.AddForeignKey(
                name: "fk_file_versions_contents_owner_id_content_hash",
                schema: "stashes",
                table: "file_versions",
                columns: new[] { "owner_id", "content_hash" },
                principalSchema: "stashes",
                principalTable: "contents",
                principalColumns: new[] { "owner_id", "hash" });

            migrationBuilder.AddForeignKey(
                name: "fk_files_folders_folder_id",
                schema: "stashes",
                table: "files",
                column: "folder_id",
                principalSchema: "stashes",
                principalTable: "folders",
                principalColumn: "id",
                onDelete: ReferentialAction.SetNull);

            migrationBuilder.AddForeignKey(
                name: "fk_folders_folders_parent_id",
                schema: "stashes",
                table: "folders",
                column: "parent_id",
                principalSchema: "stashes",
                principalTable: "folders",
                principalColumn: "id",
                onDelete: ReferentialAction.SetNull);

            migrationBuilder.Sql(StorageSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(StorageSql.RefuseToLose);
            migrationBuilder.Sql(StorageSql.Down);

            migrationBuilder.DropForeignKey(
                name: "fk_file_versions_contents_owner_id_content_hash",
                schema: "stashes",
                table: "file_versions");

            migrationBuilder.DropForeignKey(
                name: "fk_files_folders_folder_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropForeignKey(
                name: "fk_folders_folders_parent_id",
                schema: "stashes",
                table: "folders");

            migrationBuilder.AddColumn<string>(
                name: "content",
                schema: "stashes",
                table: "file_versions",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.Sql(StorageSql.MoveContentsBack);

            migrationBuilder.DropTable(
                name: "contents",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "file_labels",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "file_search",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "usage_changes",
                schema: "stashes");

            migrationBuilder.DropIndex(
                name: "ix_folders_trash_id",
                schema: "stashes",
                table: "folders");

            migrationBuilder.DropIndex(
                name: "ix_files_owner_id_deleted_at",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_trash_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_files_unchecked",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropIndex(
                name: "ix_file_versions_owner_id_content_hash",
                schema: "stashes",
                table: "file_versions");

            migrationBuilder.DropColumn(
                name: "trash_id",
                schema: "stashes",
                table: "folders");

            migrationBuilder.DropColumn(
                name: "checked_rules",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "description",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "errors",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "fields",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "infos",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "owner_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "tokens",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "trash_id",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "warnings",
                schema: "stashes",
                table: "files");

            migrationBuilder.DropColumn(
                name: "message",
                schema: "stashes",
                table: "file_versions");

            migrationBuilder.DropColumn(
                name: "owner_id",
                schema: "stashes",
                table: "file_versions");

            migrationBuilder.DropColumn(
                name: "tokens",
                schema: "stashes",
                table: "file_versions");

            migrationBuilder.AddColumn<NpgsqlTsVector>(
                name: "search_vector",
                schema: "stashes",
                table: "files",
                type: "tsvector",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_files_search_vector",
                schema: "stashes",
                table: "files",
                column: "search_vector")
                .Annotation("Npgsql:IndexMethod", "GIN");

            migrationBuilder.AddForeignKey(
                name: "fk_files_folders_folder_id",
                schema: "stashes",
                table: "files",
                column: "folder_id",
                principalSchema: "stashes",
                principalTable: "folders",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "fk_folders_folders_parent_id",
                schema: "stashes",
                table: "folders",
                column: "parent_id",
                principalSchema: "stashes",
                principalTable: "folders",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.Sql(StorageSql.RestoreReplaced);
        }
    }
}
