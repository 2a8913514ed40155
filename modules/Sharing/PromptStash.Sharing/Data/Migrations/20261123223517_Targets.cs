using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Sharing.Data.Migrations
{
    /// <inheritdoc />
    [PromptStash.BuildingBlocks.NeedsDowntime("It gives shares new targets, before there was a release that anybody runs.")]
    public partial class Targets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<Guid>(
                name: "file_id",
                schema: "sharing",
                table: "file_shares",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<string[]>(
                name: "accepted_findings",
                schema: "sharing",
                table: "file_shares",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "disabled_at",
                schema: "sharing",
                table: "file_shares",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "note",
                schema: "sharing",
                table: "file_shares",
                type: "character varying(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "pin_label",
                schema: "sharing",
                table: "file_shares",
                type: "character varying(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "pin_version",
                schema: "sharing",
                table: "file_shares",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "redact",
                schema: "sharing",
                table: "file_shares",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "target_id",
                schema: "sharing",
                table: "file_shares",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"));

            migrationBuilder.AddColumn<string>(
                name: "target_type",
                schema: "sharing",
                table: "file_shares",
                type: "character varying(6)",
                maxLength: 6,
                nullable: false,
                defaultValue: "FILE");

            migrationBuilder.Sql(SharingSql.FillTargets);

            migrationBuilder.CreateTable(
                name: "attempt_counters",
                schema: "sharing",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    window_ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attempt_counters", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "visitor_keys",
                schema: "sharing",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    value = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_visitor_keys", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_expires_at",
                schema: "sharing",
                table: "file_shares",
                column: "expires_at",
                filter: "revoked_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_target_id",
                schema: "sharing",
                table: "file_shares",
                column: "target_id");

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_target_id_shared_with",
                schema: "sharing",
                table: "file_shares",
                columns: new[] { "target_id", "shared_with" },
                unique: true,
                filter: "shared_with IS NOT NULL AND revoked_at IS NULL");

            migrationBuilder.AddCheckConstraint(
                name: "ck_file_shares_no_editing_link",
                schema: "sharing",
                table: "file_shares",
                sql: "share_token IS NULL OR permission <> 'EDIT'");

            migrationBuilder.AddCheckConstraint(
                name: "ck_file_shares_pin",
                schema: "sharing",
                table: "file_shares",
                sql: "pin_version IS NULL AND pin_label IS NULL OR target_type = 'FILE' AND num_nonnulls(pin_version, pin_label) = 1");

            migrationBuilder.AddCheckConstraint(
                name: "ck_file_shares_target",
                schema: "sharing",
                table: "file_shares",
                sql: "target_type IN ('FILE', 'FOLDER', 'STASH') AND file_id IS NOT DISTINCT FROM CASE WHEN target_type = 'FILE' THEN target_id END");

            migrationBuilder.CreateIndex(
                name: "ix_attempt_counters_window_ends_at",
                schema: "sharing",
                table: "attempt_counters",
                column: "window_ends_at");

            migrationBuilder.Sql(SharingSql.KeepLog);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SharingSql.Down);

            migrationBuilder.DropTable(
                name: "attempt_counters",
                schema: "sharing");

            migrationBuilder.DropTable(
                name: "visitor_keys",
                schema: "sharing");

            migrationBuilder.DropIndex(
                name: "ix_file_shares_expires_at",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropIndex(
                name: "ix_file_shares_target_id",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropIndex(
                name: "ix_file_shares_target_id_shared_with",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropCheckConstraint(
                name: "ck_file_shares_no_editing_link",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropCheckConstraint(
                name: "ck_file_shares_pin",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropCheckConstraint(
                name: "ck_file_shares_target",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "accepted_findings",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "disabled_at",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "note",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "pin_label",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "pin_version",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "redact",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "target_id",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.DropColumn(
                name: "target_type",
                schema: "sharing",
                table: "file_shares");

            migrationBuilder.AlterColumn<Guid>(
                name: "file_id",
                schema: "sharing",
                table: "file_shares",
                type: "uuid",
                nullable: false,
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
