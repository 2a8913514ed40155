namespace PromptStash.Stashes.Validation;

/// <summary>A kind of finding.</summary>
/// <param name="Code">Its name in kebab-case, which never changes its meaning.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Kinds">The kinds of file that it is found in; all kinds when empty.</param>
/// <param name="Effect">What Claude Code, or whoever else, does about it: the end of each message.</param>
/// <param name="Fixes">Whether some of its findings carry a fix.</param>
public sealed record FindingCode(string Code, Severity Severity, IReadOnlyList<FileKind> Kinds, string Effect, bool Fixes);

/// <summary>Every kind of finding there is; <c>docs/findings.md</c> lists the same.</summary>
public static class FindingCodes
{
    private static readonly List<FindingCode> Defined = [];
    private static readonly FileKind[] EveryKind = [];
    private static readonly FileKind[] FrontMatterKinds = [FileKind.Agent, FileKind.Skill, FileKind.Command, FileKind.Rule, FileKind.OutputStyle];
    private static readonly FileKind[] Launched = [FileKind.Agent, FileKind.Skill, FileKind.Command];
    private static readonly FileKind[] JsonKinds = [FileKind.Hooks, FileKind.Settings, FileKind.Mcp, FileKind.Plugin, FileKind.Marketplace];
    private static readonly FileKind[] HookKinds = [FileKind.Hooks, FileKind.Settings, FileKind.Plugin, FileKind.Marketplace, FileKind.Agent, FileKind.Skill, FileKind.Command];
    private static readonly FileKind[] McpKinds = [FileKind.Mcp, FileKind.Plugin, FileKind.Marketplace, FileKind.Agent];

    // Any file.
    public static readonly FindingCode TooManyFindings = Define("too-many-findings", Severity.Info, EveryKind, "Only the gravest are listed, and of one severity the first.");

    public static readonly FindingCode PathNotPortable = Define("path-not-portable", Severity.Info, EveryKind, "Windows cannot hold a file of this name.");

    // Front matter of agents, skills, commands, rules and output styles.
    public static readonly FindingCode FrontmatterUnclosed = Define("frontmatter-unclosed", Severity.Error, FrontMatterKinds, "Claude Code finds no front matter and reads none of its fields.");
    public static readonly FindingCode FrontmatterNotFirst = Define("frontmatter-not-first", Severity.Error, FrontMatterKinds, "Claude Code takes front matter only from the first line on, and reads none of its fields.", fixes: true);
    public static readonly FindingCode FrontmatterInvalidYaml = Define("frontmatter-invalid-yaml", Severity.Error, FrontMatterKinds, "Claude Code drops every field, and an agent without its fields is skipped, without telling you.", fixes: true);
    public static readonly FindingCode FrontmatterNotAMap = Define("frontmatter-not-a-map", Severity.Error, FrontMatterKinds, "Claude Code reads no field of it.");
    public static readonly FindingCode FrontmatterDuplicateKey = Define("frontmatter-duplicate-key", Severity.Error, FrontMatterKinds, "YAML does not allow it, and Claude Code may drop every field.");
    public static readonly FindingCode FrontmatterFieldType = Define("frontmatter-field-type", Severity.Warning, [FileKind.Agent, FileKind.Skill, FileKind.Command, FileKind.OutputStyle], "Claude Code does not use a value of the wrong type.");
    public static readonly FindingCode FrontmatterValueUnknown = Define("frontmatter-value-unknown", Severity.Warning, Launched, "Claude Code does not know the value and does not use it.", fixes: true);
    public static readonly FindingCode FrontmatterBooleanInvalid = Define("frontmatter-boolean-invalid", Severity.Warning, Launched, "Claude Code reads true, false, yes, no, on, off, 1 and 0 only.");
    public static readonly FindingCode ModelUnknown = Define("model-unknown", Severity.Warning, Launched, "Claude Code knows sonnet, opus, haiku, fable, inherit and full model ids.", fixes: true);
    public static readonly FindingCode ToolNameCase = Define("tool-name-case", Severity.Warning, Launched, "Tool names are case-sensitive: Claude Code finds no tool of this name.", fixes: true);

    // Agents.
    public static readonly FindingCode AgentFrontmatterMissing = Define("agent-frontmatter-missing", Severity.Warning, [FileKind.Agent], "Claude Code takes the file for documentation and loads no agent from it.");
    public static readonly FindingCode AgentNameMissing = Define("agent-name-missing", Severity.Error, [FileKind.Agent], "Claude Code takes the file for documentation and loads no agent from it.");
    public static readonly FindingCode AgentPluginNameMissing = Define("agent-plugin-name-missing", Severity.Info, [FileKind.Agent], "In a plugin Claude Code loads the agent under the name of its file; elsewhere it skips it.");
    public static readonly FindingCode AgentNameInvalid = Define("agent-name-invalid", Severity.Error, [FileKind.Agent], "Claude Code skips the agent without telling you.");
    public static readonly FindingCode AgentNameStyle = Define("agent-name-style", Severity.Warning, [FileKind.Agent], "Claude Code asks for lower-case letters and hyphens.");
    public static readonly FindingCode AgentDescriptionMissing = Define("agent-description-missing", Severity.Error, [FileKind.Agent], "Claude Code skips the agent without telling you.");
    public static readonly FindingCode AgentUnknownKey = Define("agent-unknown-key", Severity.Warning, [FileKind.Agent], "Claude Code ignores it in an agent.", fixes: true);
    public static readonly FindingCode AgentAllowedTools = Define("agent-allowed-tools", Severity.Warning, [FileKind.Agent], "Claude Code ignores it: without `tools` the agent inherits every tool.", fixes: true);
    public static readonly FindingCode AgentToolsEmpty = Define("agent-tools-empty", Severity.Warning, [FileKind.Agent], "Claude Code gives the agent no tool at all; without `tools` it inherits every one.");
    public static readonly FindingCode AgentPluginFieldIgnored = Define("agent-plugin-field-ignored", Severity.Warning, [FileKind.Agent], "Claude Code ignores it in an agent that comes with a plugin.");
    public static readonly FindingCode AgentBodyEmpty = Define("agent-body-empty", Severity.Warning, [FileKind.Agent], "The body is the system prompt: Claude Code runs the agent without one.");

    // Skills and commands.
    public static readonly FindingCode SkillDescriptionMissing = Define("skill-description-missing", Severity.Warning, [FileKind.Skill], "Claude Code lists the first paragraph of the body instead, if there is one.");
    public static readonly FindingCode SkillDescriptionLong = Define("skill-description-long", Severity.Warning, [FileKind.Skill, FileKind.Command], "Claude Code cuts description and when_to_use off after 1,536 characters when it lists them.");
    public static readonly FindingCode SkillUnknownKey = Define("skill-unknown-key", Severity.Warning, [FileKind.Skill], "Claude Code ignores it in a skill.", fixes: true);
    public static readonly FindingCode SkillDirectoryReserved = Define("skill-directory-reserved", Severity.Error, [FileKind.Skill], "Claude Code keeps the directory name `synced` for itself.");
    public static readonly FindingCode SkillTooLong = Define("skill-too-long", Severity.Info, [FileKind.Skill], "Claude Code recommends fewer than 500 lines, and files beside it for the rest.");
    public static readonly FindingCode SkillBodyEmpty = Define("skill-body-empty", Severity.Warning, [FileKind.Skill, FileKind.Command], "Claude Code has nothing to follow when it is invoked.");
    public static readonly FindingCode CommandUnknownKey = Define("command-unknown-key", Severity.Warning, [FileKind.Command], "Claude Code ignores it in a command.", fixes: true);
    public static readonly FindingCode CommandKeyIgnored = Define("command-key-ignored", Severity.Info, [FileKind.Command], "Claude Code reads it in skills only: a command is invoked by the name of its file.");

    // Skills under the open Agent Skills specification: Claude Code does not mind.
    public static readonly FindingCode SkillPortableNameMissing = Define("skill-portable-name-missing", Severity.Info, [FileKind.Skill], "Claude Code uses the directory's name; the open specification demands `name`, so other agents refuse the skill.");
    public static readonly FindingCode SkillPortableNameInvalid = Define("skill-portable-name-invalid", Severity.Info, [FileKind.Skill], "Claude Code only displays it; the open specification allows 1-64 lower-case letters, digits and single hyphens, so other agents refuse the skill.");
    public static readonly FindingCode SkillPortableNameDirectory = Define("skill-portable-name-directory", Severity.Info, [FileKind.Skill], "Claude Code goes by the directory; the open specification demands that both are equal, so other agents refuse the skill.");
    public static readonly FindingCode SkillPortableDescriptionMissing = Define("skill-portable-description-missing", Severity.Info, [FileKind.Skill], "The open specification demands `description`: other agents refuse the skill.");
    public static readonly FindingCode SkillPortableDescriptionLong = Define("skill-portable-description-long", Severity.Info, [FileKind.Skill], "The open specification allows 1,024 characters: other agents refuse the skill.");
    public static readonly FindingCode SkillPortableUnknownKey = Define("skill-portable-unknown-key", Severity.Info, [FileKind.Skill], "claude.ai uploads and the Skills API refuse a skill with any key that the open specification does not have.");
    public static readonly FindingCode SkillPortableCompatibility = Define("skill-portable-compatibility", Severity.Info, [FileKind.Skill], "The open specification allows 1-500 characters: other agents refuse the skill.");
    public static readonly FindingCode SkillPortableMetadata = Define("skill-portable-metadata", Severity.Info, [FileKind.Skill], "The open specification allows a map of text to text: other agents refuse the skill.");
    public static readonly FindingCode SkillPortableBodyLong = Define("skill-portable-body-long", Severity.Info, [FileKind.Skill], "Claude Code reads all of it; the open specification recommends fewer than 5,000 tokens, and files beside it for the rest.");
    public static readonly FindingCode SkillPortableAllowedTools = Define("skill-portable-allowed-tools", Severity.Info, [FileKind.Skill], "Claude Code reads it; the open specification separates tools by spaces.");

    // JSON.
    public static readonly FindingCode JsonSyntax = Define("json-syntax", Severity.Error, JsonKinds, "Claude Code cannot read the file and uses nothing of it.");
    public static readonly FindingCode JsonComment = Define("json-comment", Severity.Error, JsonKinds, "JSON has no comments: Claude Code cannot read the file.", fixes: true);
    public static readonly FindingCode JsonTrailingComma = Define("json-trailing-comma", Severity.Error, JsonKinds, "JSON does not allow it: Claude Code cannot read the file.", fixes: true);
    public static readonly FindingCode JsonDuplicateKey = Define("json-duplicate-key", Severity.Warning, JsonKinds, "Claude Code uses the last of them only.");
    public static readonly FindingCode JsonNotAnObject = Define("json-not-an-object", Severity.Error, JsonKinds, "Claude Code finds nothing in it that it knows.");
    public static readonly FindingCode JsonTooLarge = Define("json-too-large", Severity.Info, JsonKinds, "The rest of the file is not checked.");

    // Hooks.
    public static readonly FindingCode HooksKeyMissing = Define("hooks-key-missing", Severity.Error, [FileKind.Hooks], "Claude Code looks for events below `hooks` and finds none.");
    public static readonly FindingCode HookEventUnknown = Define("hook-event-unknown", Severity.Error, HookKinds, "Claude Code has no such event and never runs its hooks.", fixes: true);
    public static readonly FindingCode HookShape = Define("hook-shape", Severity.Error, HookKinds, "Claude Code expects a list of {matcher, hooks: […]} below an event and runs nothing of this.");
    public static readonly FindingCode HookTypeMissing = Define("hook-type-missing", Severity.Error, HookKinds, "Claude Code does not know how to run it.");
    public static readonly FindingCode HookTypeUnknown = Define("hook-type-unknown", Severity.Error, HookKinds, "Claude Code runs hooks of the types command, http, mcp_tool, prompt and agent only.");
    public static readonly FindingCode HookFieldMissing = Define("hook-field-missing", Severity.Error, HookKinds, "Claude Code has nothing to run.");
    public static readonly FindingCode HookFieldType = Define("hook-field-type", Severity.Error, HookKinds, "Claude Code does not use a value of the wrong type.");
    public static readonly FindingCode HookUnknownKey = Define("hook-unknown-key", Severity.Info, HookKinds, "Claude Code ignores it.");
    public static readonly FindingCode HookTimeoutInvalid = Define("hook-timeout-invalid", Severity.Error, HookKinds, "Claude Code expects a positive number of seconds.");
    public static readonly FindingCode HookTimeoutMilliseconds = Define("hook-timeout-milliseconds", Severity.Warning, HookKinds, "Claude Code counts timeouts in seconds.");
    public static readonly FindingCode HookTimeoutSessionEnd = Define("hook-timeout-session-end", Severity.Warning, HookKinds, "Claude Code gives the hooks of SessionEnd 60 seconds at most.");
    public static readonly FindingCode HookShellUnknown = Define("hook-shell-unknown", Severity.Warning, HookKinds, "Claude Code knows the shells bash and powershell only.", fixes: true);
    public static readonly FindingCode HookIfIgnored = Define("hook-if-ignored", Severity.Warning, HookKinds, "Claude Code evaluates `if` on tool events only: on this event the hook never runs.");
    public static readonly FindingCode HookOnceIgnored = Define("hook-once-ignored", Severity.Info, [FileKind.Hooks, FileKind.Settings, FileKind.Plugin, FileKind.Marketplace, FileKind.Agent], "Claude Code reads `once` in the front matter of skills only.");
    public static readonly FindingCode HookMatcherIgnored = Define("hook-matcher-ignored", Severity.Warning, HookKinds, "Claude Code ignores matchers of this event: the hook runs every time.");
    public static readonly FindingCode HookMatcherInvalid = Define("hook-matcher-invalid", Severity.Error, HookKinds, "Claude Code reads it as a regular expression, which it is not: it matches nothing.");
    public static readonly FindingCode HookMatcherMatchesNothing = Define("hook-matcher-matches-nothing", Severity.Warning, HookKinds, "Claude Code never runs the hook.", fixes: true);
    public static readonly FindingCode HookAllDisabled = Define("hook-all-disabled", Severity.Info, [FileKind.Settings], "Claude Code runs none of the hooks that are set here.");

    // Settings.
    public static readonly FindingCode SettingsPermissionsShape = Define("settings-permissions-shape", Severity.Error, [FileKind.Settings], "Claude Code does not use a value of the wrong type.");
    public static readonly FindingCode SettingsPermissionRule = Define("settings-permission-rule", Severity.Error, [FileKind.Settings], "Claude Code expects Tool or Tool(pattern).");
    public static readonly FindingCode SettingsModeUnknown = Define("settings-mode-unknown", Severity.Error, [FileKind.Settings], "Claude Code has no such permission mode.");
    public static readonly FindingCode SettingsEnvType = Define("settings-env-type", Severity.Error, [FileKind.Settings], "Claude Code expects text for environment variables.");

    // MCP servers.
    public static readonly FindingCode McpServersMissing = Define("mcp-servers-missing", Severity.Error, [FileKind.Mcp], "Claude Code looks for servers below `mcpServers` and finds none.");
    public static readonly FindingCode McpServerShape = Define("mcp-server-shape", Severity.Error, McpKinds, "Claude Code skips the server.");
    public static readonly FindingCode McpServerNameInvalid = Define("mcp-server-name-invalid", Severity.Error, McpKinds, "Claude Code allows letters, digits, hyphens and underscores.");
    public static readonly FindingCode McpServerNameReserved = Define("mcp-server-name-reserved", Severity.Error, McpKinds, "Claude Code keeps the name for itself and skips the server.");
    public static readonly FindingCode McpUrlWithoutType = Define("mcp-url-without-type", Severity.Error, McpKinds, "Claude Code takes the server for a command, reports a configuration error and skips it.", fixes: true);
    public static readonly FindingCode McpTypeUnknown = Define("mcp-type-unknown", Severity.Error, McpKinds, "Claude Code knows stdio, http, sse and ws, and skips the server.", fixes: true);
    public static readonly FindingCode McpCommandMissing = Define("mcp-command-missing", Severity.Error, McpKinds, "Claude Code has nothing to start and skips the server.");
    public static readonly FindingCode McpUrlMissing = Define("mcp-url-missing", Severity.Error, McpKinds, "Claude Code has nothing to connect to and skips the server.");
    public static readonly FindingCode McpUrlInvalid = Define("mcp-url-invalid", Severity.Error, McpKinds, "Claude Code cannot connect to it.");
    public static readonly FindingCode McpCommandAndUrl = Define("mcp-command-and-url", Severity.Warning, McpKinds, "Claude Code goes by the type and ignores the other.");
    public static readonly FindingCode McpSseDeprecated = Define("mcp-sse-deprecated", Severity.Info, McpKinds, "Claude Code still connects; the transport is deprecated in favour of http.");
    public static readonly FindingCode McpFieldType = Define("mcp-field-type", Severity.Error, McpKinds, "Claude Code skips a server with a value of the wrong type.");
    public static readonly FindingCode McpUnknownKey = Define("mcp-unknown-key", Severity.Info, McpKinds, "Claude Code ignores it.");
    public static readonly FindingCode McpWhitespace = Define("mcp-whitespace", Severity.Warning, McpKinds, "Claude Code warns of white space around a value and keeps it.", fixes: true);
    public static readonly FindingCode McpVariableSyntax = Define("mcp-variable-syntax", Severity.Warning, McpKinds, "Claude Code expands ${NAME} and ${NAME:-default} only, and keeps this as it is written.", fixes: true);

    // Sessions.
    public static readonly FindingCode SessionLineInvalid = Define("session-line-invalid", Severity.Warning, [FileKind.Session], "Claude Code reads one JSON object a line and cannot read this one.");

    // Plugins.
    public static readonly FindingCode PluginNameMissing = Define("plugin-name-missing", Severity.Error, [FileKind.Plugin], "Claude Code does not load the plugin.");
    public static readonly FindingCode PluginNameInvalid = Define("plugin-name-invalid", Severity.Error, [FileKind.Plugin, FileKind.Marketplace], "Claude Code expects kebab-case without spaces.");
    public static readonly FindingCode PluginUnknownKey = Define("plugin-unknown-key", Severity.Warning, [FileKind.Plugin, FileKind.Marketplace], "Claude Code warns of it and ignores it.", fixes: true);
    public static readonly FindingCode PluginFieldType = Define("plugin-field-type", Severity.Error, [FileKind.Plugin, FileKind.Marketplace], "Claude Code does not load a plugin with a known field of the wrong type.");
    public static readonly FindingCode PluginPathInvalid = Define("plugin-path-invalid", Severity.Error, [FileKind.Plugin, FileKind.Marketplace], "Claude Code takes paths that begin with ./ and stay inside the plugin.", fixes: true);
    public static readonly FindingCode PluginVersionInvalid = Define("plugin-version-invalid", Severity.Warning, [FileKind.Plugin, FileKind.Marketplace], "Claude Code expects a semantic version, which pins updates.");
    public static readonly FindingCode PluginUserConfigInvalid = Define("plugin-user-config-invalid", Severity.Error, [FileKind.Plugin, FileKind.Marketplace], "Claude Code does not load the plugin.");

    // Marketplaces.
    public static readonly FindingCode MarketplaceNameMissing = Define("marketplace-name-missing", Severity.Error, [FileKind.Marketplace], "Claude Code does not add the marketplace.");
    public static readonly FindingCode MarketplaceNameInvalid = Define("marketplace-name-invalid", Severity.Error, [FileKind.Marketplace], "Claude Code expects kebab-case.");
    public static readonly FindingCode MarketplaceNameDesktop = Define("marketplace-name-desktop", Severity.Info, [FileKind.Marketplace], "Claude Code takes it; the desktop app refuses it.");
    public static readonly FindingCode MarketplaceOwnerMissing = Define("marketplace-owner-missing", Severity.Error, [FileKind.Marketplace], "Claude Code does not add a marketplace without `owner.name`.");
    public static readonly FindingCode MarketplacePluginsMissing = Define("marketplace-plugins-missing", Severity.Error, [FileKind.Marketplace], "Claude Code does not add a marketplace without a list of plugins.");
    public static readonly FindingCode MarketplacePluginShape = Define("marketplace-plugin-shape", Severity.Error, [FileKind.Marketplace], "Claude Code cannot install the plugin.");
    public static readonly FindingCode MarketplacePluginDuplicate = Define("marketplace-plugin-duplicate", Severity.Error, [FileKind.Marketplace], "Claude Code finds plugins by name.");
    public static readonly FindingCode MarketplaceSourceInvalid = Define("marketplace-source-invalid", Severity.Error, [FileKind.Marketplace], "Claude Code cannot fetch the plugin.", fixes: true);
    public static readonly FindingCode MarketplaceUnknownKey = Define("marketplace-unknown-key", Severity.Info, [FileKind.Marketplace], "Claude Code ignores it.");

    // Memory and rules.
    public static readonly FindingCode MemoryTooLong = Define("memory-too-long", Severity.Info, [FileKind.Memory], "Claude Code recommends fewer than 200 lines: all of it is loaded at every start.");
    public static readonly FindingCode MemoryTooLarge = Define("memory-too-large", Severity.Error, [FileKind.Memory], "Claude Code skips a memory file over 4 MiB.");
    public static readonly FindingCode MemoryNotRead = Define("memory-not-read", Severity.Info, [FileKind.Memory], "Claude Code does not read this file; import it in CLAUDE.md with @AGENTS.md.");
    public static readonly FindingCode RuleFieldType = Define("rule-field-type", Severity.Warning, [FileKind.Rule], "The agent does not use a value of the wrong type, so the rule may apply to everything or to nothing.");
    public static readonly FindingCode RuleUnknownKey = Define("rule-unknown-key", Severity.Info, [FileKind.Rule], "The agent ignores it.");

    // Secrets.
    public static readonly FindingCode SecretPrivateKey = Define("secret-private-key", Severity.Error, EveryKind, "Whoever can read the file has it, and so has every program that Claude Code runs with it.");
    public static readonly FindingCode SecretAnthropicKey = Define("secret-anthropic-key", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretOpenaiKey = Define("secret-openai-key", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretAwsAccessKey = Define("secret-aws-access-key", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretGithubToken = Define("secret-github-token", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretGitlabToken = Define("secret-gitlab-token", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretGoogleApiKey = Define("secret-google-api-key", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretSlackToken = Define("secret-slack-token", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretSlackWebhook = Define("secret-slack-webhook", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretStripeKey = Define("secret-stripe-key", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretNpmToken = Define("secret-npm-token", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretPypiToken = Define("secret-pypi-token", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretHuggingfaceToken = Define("secret-huggingface-token", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretSendgridKey = Define("secret-sendgrid-key", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretPasswordInUrl = Define("secret-password-in-url", Severity.Error, EveryKind, "Whoever can read the file has it.", fixes: true);
    public static readonly FindingCode SecretHighEntropy = Define("secret-high-entropy", Severity.Warning, [FileKind.Mcp, FileKind.Settings, FileKind.Hooks, FileKind.Plugin, FileKind.Marketplace, FileKind.Session], "It looks like a secret, and whoever can read the file has it.", fixes: true);

    // What a file may do or hide.
    public static readonly FindingCode TextBidirectional = Define("text-bidirectional", Severity.Error, EveryKind, "Claude Code reads another text than the one that you see.", fixes: true);
    public static readonly FindingCode TextInvisible = Define("text-invisible", Severity.Warning, EveryKind, "Claude Code reads characters that you cannot see.", fixes: true);
    public static readonly FindingCode CommandRunsAtLoad = Define("command-runs-at-load", Severity.Info, [FileKind.Skill, FileKind.Command], "Claude Code runs it before it reads the text, with your rights.");
    public static readonly FindingCode PipeToShell = Define("pipe-to-shell", Severity.Warning, EveryKind, "Whatever the other side sends is run.");
    public static readonly FindingCode PermissionWide = Define("permission-wide", Severity.Warning, [FileKind.Skill, FileKind.Command, FileKind.Settings], "Claude Code does not ask before it runs any command.");
    public static readonly FindingCode PermissionBypass = Define("permission-bypass", Severity.Warning, HookKinds, "Claude Code asks before nothing at all.");

    // Files of a stash together.
    public static readonly FindingCode StashAgentDuplicate = Define("stash-agent-duplicate", Severity.Error, [FileKind.Agent], "Claude Code loads only one of the agents of one name and scope.");
    public static readonly FindingCode StashSkillDuplicate = Define("stash-skill-duplicate", Severity.Error, [FileKind.Skill], "Claude Code finds a skill by its directory and loads only one of a name and scope.");
    public static readonly FindingCode StashCommandShadowed = Define("stash-command-shadowed", Severity.Warning, [FileKind.Command], "Claude Code runs the skill of that name and never the command.");
    public static readonly FindingCode StashCommandDuplicate = Define("stash-command-duplicate", Severity.Warning, [FileKind.Command], "Claude Code invokes a command by the name of its file, in whatever folder, and runs only one of them.");
    public static readonly FindingCode StashAgentMissing = Define("stash-agent-missing", Severity.Warning, [FileKind.Skill, FileKind.Command], "The stash has no such agent: unless it is installed elsewhere Claude Code has none to run this in.");
    public static readonly FindingCode StashSkillMissing = Define("stash-skill-missing", Severity.Warning, [FileKind.Agent], "The stash has no such skill: unless it is installed elsewhere Claude Code does not load it.");
    public static readonly FindingCode StashServerMissing = Define("stash-server-missing", Severity.Warning, [FileKind.Agent, FileKind.Skill, FileKind.Command, FileKind.Hooks, FileKind.Settings, FileKind.Plugin, FileKind.Marketplace], "The stash has no such MCP server: unless it is set up elsewhere Claude Code has none of its tools.");
    public static readonly FindingCode StashScriptMissing = Define("stash-script-missing", Severity.Error, [FileKind.Agent, FileKind.Skill, FileKind.Command, FileKind.Hooks, FileKind.Settings, FileKind.Mcp, FileKind.Plugin], "The stash has no such file: Claude Code cannot run it.");
    public static readonly FindingCode StashLinkMissing = Define("stash-link-missing", Severity.Warning, [FileKind.Skill], "The stash has no such file: Claude Code cannot read it when the skill tells it to.");
    public static readonly FindingCode StashImportMissing = Define("stash-import-missing", Severity.Warning, [FileKind.Memory], "The stash has no such file: Claude Code imports nothing.");
    public static readonly FindingCode StashPluginMissing = Define("stash-plugin-missing", Severity.Error, [FileKind.Marketplace], "The stash has no such folder: Claude Code cannot install the plugin.");
    public static readonly FindingCode StashPluginSettings = Define("stash-plugin-settings", Severity.Warning, [FileKind.Settings], "Claude Code reads `agent` and `subagentStatusLine` only in the settings at the root of a plugin.");
    public static readonly FindingCode StashPluginMemory = Define("stash-plugin-memory", Severity.Warning, [FileKind.Memory], "Claude Code does not load CLAUDE.md from the root of a plugin.");

    /// <summary>All codes, in the order of the documentation.</summary>
    public static IReadOnlyList<FindingCode> All => Defined;

    private static FindingCode Define(string code, Severity severity, FileKind[] kinds, string effect, bool fixes = false)
    {
        var defined = new FindingCode(code, severity, kinds, effect, fixes);
        Defined.Add(defined);

        return defined;
    }
}
