using System;
using Microsoft.EntityFrameworkCore.Migrations;
using NpgsqlTypes;
using PromptStash.Stashes.Data;

#nullable disable

namespace PromptStash.Stashes.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "stashes");

            migrationBuilder.AlterDatabase()
                .Annotation("Npgsql:Enum:stashes.file_kind", "AGENT,COMMAND,HOOKS,MARKETPLACE,MCP,MEMORY,OTHER,OUTPUT_STYLE,PLUGIN,RULE,SESSION,SETTINGS,SKILL")
                .Annotation("Npgsql:Enum:stashes.file_type", "JSON,JSONL,MARKDOWN,TEXT,YAML")
                .Annotation("Npgsql:Enum:stashes.stash_scope", "MARKETPLACE,PLUGIN,PROJECT,USER");

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                schema: "stashes",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    response = table.Column<string>(type: "json", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => new { x.user_id, x.key });
                });

            migrationBuilder.CreateTable(
                name: "outbox_messages",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    trace_parent = table.Column<string>(type: "character varying(55)", maxLength: 55, nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_error = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "stashes",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    scope = table.Column<StashScope>(type: "stashes.stash_scope", nullable: false),
                    description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    is_default = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    deleted_by = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stashes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tags",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    color = table.Column<string>(type: "character varying(7)", maxLength: 7, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tags", x => x.id);
                    table.CheckConstraint("ck_tags_color", "color ~ '^#[0-9A-Fa-f]{6}$'");
                });

            migrationBuilder.CreateTable(
                name: "folders",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    path = table.Column<string>(type: "text", nullable: false),
                    parent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    stash_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    deleted_by = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_folders", x => x.id);
                    table.ForeignKey(
                        name: "fk_folders_folders_parent_id",
                        column: x => x.parent_id,
                        principalSchema: "stashes",
                        principalTable: "folders",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_folders_stashes_stash_id",
                        column: x => x.stash_id,
                        principalSchema: "stashes",
                        principalTable: "stashes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "files",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    path = table.Column<string>(type: "text", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    file_type = table.Column<FileType>(type: "stashes.file_type", nullable: false),
                    kind = table.Column<FileKind>(type: "stashes.file_kind", nullable: false),
                    folder_id = table.Column<Guid>(type: "uuid", nullable: true),
                    stash_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    size = table.Column<int>(type: "integer", nullable: false),
                    content_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    deleted_by = table.Column<Guid>(type: "uuid", nullable: true),
                    search_vector = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_files", x => x.id);
                    table.ForeignKey(
                        name: "fk_files_folders_folder_id",
                        column: x => x.folder_id,
                        principalSchema: "stashes",
                        principalTable: "folders",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_files_stashes_stash_id",
                        column: x => x.stash_id,
                        principalSchema: "stashes",
                        principalTable: "stashes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "file_tags",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tag_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_tags", x => x.id);
                    table.ForeignKey(
                        name: "fk_file_tags_files_file_id",
                        column: x => x.file_id,
                        principalSchema: "stashes",
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_file_tags_tags_tag_id",
                        column: x => x.tag_id,
                        principalSchema: "stashes",
                        principalTable: "tags",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "file_versions",
                schema: "stashes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    size = table.Column<int>(type: "integer", nullable: false),
                    content_hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_file_versions_files_file_id",
                        column: x => x.file_id,
                        principalSchema: "stashes",
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_file_tags_file_id",
                schema: "stashes",
                table: "file_tags",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_file_tags_file_id_tag_id",
                schema: "stashes",
                table: "file_tags",
                columns: new[] { "file_id", "tag_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_file_tags_tag_id",
                schema: "stashes",
                table: "file_tags",
                column: "tag_id");

            migrationBuilder.CreateIndex(
                name: "ix_file_versions_file_id_version",
                schema: "stashes",
                table: "file_versions",
                columns: new[] { "file_id", "version" },
                unique: true,
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_files_folder_id",
                schema: "stashes",
                table: "files",
                column: "folder_id");

            migrationBuilder.CreateIndex(
                name: "ix_files_path",
                schema: "stashes",
                table: "files",
                column: "path");

            migrationBuilder.CreateIndex(
                name: "ix_files_search_vector",
                schema: "stashes",
                table: "files",
                column: "search_vector")
                .Annotation("Npgsql:IndexMethod", "GIN");

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_file_type",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "file_type" });

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_folder_id",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "folder_id" });

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_kind",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_files_stash_id_updated_at",
                schema: "stashes",
                table: "files",
                columns: new[] { "stash_id", "updated_at" },
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_folders_parent_id",
                schema: "stashes",
                table: "folders",
                column: "parent_id");

            migrationBuilder.CreateIndex(
                name: "ix_folders_path",
                schema: "stashes",
                table: "folders",
                column: "path");

            migrationBuilder.CreateIndex(
                name: "ix_folders_stash_id_parent_id",
                schema: "stashes",
                table: "folders",
                columns: new[] { "stash_id", "parent_id" });

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                schema: "stashes",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_not_before_id",
                schema: "stashes",
                table: "outbox_messages",
                columns: new[] { "not_before", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_stashes_user_id",
                schema: "stashes",
                table: "stashes",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_stashes_user_id_created_at",
                schema: "stashes",
                table: "stashes",
                columns: new[] { "user_id", "created_at" },
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_stashes_user_id_is_default",
                schema: "stashes",
                table: "stashes",
                columns: new[] { "user_id", "is_default" },
                unique: true,
                filter: "is_default");

            migrationBuilder.Sql(InitialSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(InitialSql.Down);

            migrationBuilder.DropTable(
                name: "file_tags",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "file_versions",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "idempotency_keys",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "outbox_messages",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "tags",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "files",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "folders",
                schema: "stashes");

            migrationBuilder.DropTable(
                name: "stashes",
                schema: "stashes");

            migrationBuilder.AlterDatabase()
                .OldAnnotation("Npgsql:Enum:stashes.file_kind", "AGENT,COMMAND,HOOKS,MARKETPLACE,MCP,MEMORY,OTHER,OUTPUT_STYLE,PLUGIN,RULE,SESSION,SETTINGS,SKILL")
                .OldAnnotation("Npgsql:Enum:stashes.file_type", "JSON,JSONL,MARKDOWN,TEXT,YAML")
                .OldAnnotation("Npgsql:Enum:stashes.stash_scope", "MARKETPLACE,PLUGIN,PROJECT,USER");
        }
    }
}
