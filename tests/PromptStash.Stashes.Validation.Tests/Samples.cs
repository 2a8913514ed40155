namespace PromptStash.Stashes.Validation.Tests;

/// <summary>What is wrong and what is not, code by code.</summary>
internal static class Samples
{
    private const string AgentPath = ".claude/agents/reviewer.md";
    private const string PluginAgentPath = "plugins/review/agents/reviewer.md";
    private const string SkillPath = ".claude/skills/pdf/SKILL.md";
    private const string CommandPath = ".claude/commands/ship.md";
    private const string RulePath = ".claude/rules/tests.md";
    private const string McpPath = ".mcp.json";
    private const string HooksPath = "plugins/git/hooks/hooks.json";
    private const string SettingsPath = ".claude/settings.json";
    private const string PluginPath = ".claude-plugin/plugin.json";
    private const string MarketplacePath = ".claude-plugin/marketplace.json";
    private const string SessionPath = "projects/-src/one.jsonl";

    /// <summary>What a secret's random part looks like; it is put together here so that no tool takes these samples for secrets.</summary>
    public const string Random = "Zk3v9QpL7wXr2Ts8Yb5Nc1Hd6Jf4Mg0AqWeR";

    public static readonly IReadOnlyList<Sample> All =
    [
        .. FrontMatterSamples(), .. AgentSamples(), .. SkillSamples(), .. SkillPortabilitySamples(), .. CommandSamples(), .. JsonSamples(),
        .. HookSamples(), .. MatcherSamples(), .. SettingsSamples(), .. McpSamples(), .. PluginSamples(), .. MarketplaceSamples(), .. OtherSamples(), .. SecretSamples(), .. SafetySamples(),
    ];

    /// <summary>
    /// The same as a file of another kind: the text as it is, and what a configuration sets below hooks or mcpServers where that kind sets it. JSON is
    /// YAML too, so front matter takes it as it is.
    /// </summary>
    public static IEnumerable<(string Path, string Text)> In(Sample sample, FileKind kind)
    {
        var path = PathOf(kind);
        var set = sample.Text.StartsWith("{\"hooks\"", StringComparison.Ordinal) || sample.Text.StartsWith("{\"mcpServers\"", StringComparison.Ordinal) ? sample.Text[1..^1] : null;

        return
        [
            (path, sample.Text),
            .. FileRecognition.KindOf(sample.Path, sample.Text) == kind ? [(sample.Path, sample.Text)] : Array.Empty<(string, string)>(),
            (path, Marketplace("{\"source\": \"./p\", " + sample.Text[Math.Min(1, sample.Text.Length)..])),
            .. set is null ? Array.Empty<(string, string)>() :
            [
                (path, $"---\nname: a\ndescription: b\n{set}\n---\nBody\n"),
                (path, $"{{\"name\": \"p\", {set}}}"),
                (path, $"{{\"mcpServers\": {sample.Text}}}"),
                (path, Marketplace($"{{\"name\": \"p\", \"source\": \"./p\", {set}}}")),
            ],
        ];
    }

    private static string PathOf(FileKind kind) => kind switch
    {
        FileKind.Agent => AgentPath,
        FileKind.Skill => SkillPath,
        FileKind.Command => CommandPath,
        FileKind.Rule => RulePath,
        FileKind.Mcp => McpPath,
        FileKind.Hooks => HooksPath,
        FileKind.Settings => SettingsPath,
        FileKind.Plugin => PluginPath,
        FileKind.Marketplace => MarketplacePath,
        FileKind.Session => SessionPath,
        FileKind.OutputStyle => ".claude/output-styles/terse.md",
        FileKind.Memory => "CLAUDE.md",
        _ => "notes.md",
    };

    private static IEnumerable<Sample> FrontMatterSamples() =>
    [
        Of("frontmatter-unclosed", AgentPath, "§---\nname: a\n", "---\nname: a\n---\n"),
        Of("frontmatter-not-first", AgentPath, "\n\n§---\nname: a\n---\nBody\n", "---\nname: a\n---\nBody\n"),
        Of("frontmatter-invalid-yaml", AgentPath, "---\nname: a\ndescription: Use it§: always\n---\nBody\n", "---\nname: a\ndescription: 'Use it: always'\n---\nBody\n"),
        Of("frontmatter-not-a-map", AgentPath, "---\n§- name\n---\nBody\n", "---\n# nothing yet\n---\nBody\n"),
        Agent("frontmatter-duplicate-key", "name: a\ndescription: b\n§name: c\n", "name: a\ndescription: b\nmcpServers:\n  - name: c\n"),
        Agent("frontmatter-field-type", "name: a\ndescription: b\nmaxTurns: §many\n", "name: a\ndescription: b\nmaxTurns: 5\n"),
        Agent("frontmatter-field-type", "description: b\nname: §[a]\n", "description: b\nname: \"[a]\"\n"),
        Agent("frontmatter-value-unknown", "name: a\ndescription: b\ncolor: §magenta\n", "name: a\ndescription: b\ncolor: pink\n"),
        Agent("frontmatter-value-unknown", "name: a\ndescription: b\neffort: §High\n", "name: a\ndescription: b\neffort: high\n"),
        Skill("frontmatter-boolean-invalid", "name: pdf\ndescription: b\nuser-invocable: §maybe\n", "name: pdf\ndescription: b\nuser-invocable: no\n"),
        Agent("frontmatter-boolean-invalid", "name: a\ndescription: b\nbackground: §maybe\n", "name: a\ndescription: b\nbackground: on\n"),
        Skill("tool-name-case", "name: pdf\ndescription: b\nallowed-tools: Read §bash\n", "name: pdf\ndescription: b\nallowed-tools: Read Bash\n"),
        Agent("model-unknown", "name: a\ndescription: b\nmodel: §Sonnet\n", "name: a\ndescription: b\nmodel: us.anthropic.claude-opus-4-1-v1:0\n"),
        Agent("tool-name-case", "name: a\ndescription: b\ntools: Read, §bash\n", "name: a\ndescription: b\ntools: Read, Bash, mcp__docs__bash\n"),
    ];

    private static IEnumerable<Sample> AgentSamples() =>
    [
        Of("agent-frontmatter-missing", AgentPath, "§You review changes.\n", "---\nname: a\ndescription: b\n---\nYou review changes.\n"),
        Agent("agent-name-missing", "§description: b\n", "description: b\nname: a\n"),
        new("agent-plugin-name-missing", PluginAgentPath, "---\n§description: b\n---\nBody\n", AgentPath, "---\ndescription: b\n---\nBody\n"),
        Agent("agent-name-invalid", "name: §team:reviewer\ndescription: b\n", "name: team-reviewer\ndescription: b\n"),
        Agent("agent-name-style", "name: §Code Reviewer\ndescription: b\n", "name: code-reviewer-2\ndescription: b\n"),
        Agent("agent-description-missing", "§name: a\ndescription: \"\"\n", "name: a\ndescription: b\n"),
        Agent("agent-unknown-key", "name: a\ndescription: b\n§colour: red\n", "name: a\ndescription: b\ncolor: red\n"),
        Agent("agent-allowed-tools", "name: a\ndescription: b\n§allowed-tools: Read, Grep\n", "name: a\ndescription: b\ntools: Read, Grep\n"),
        Agent("agent-tools-empty", "name: a\ndescription: b\ntools: §\"\"\n", "name: a\ndescription: b\ntools:\n"),
        Agent("agent-tools-empty", "name: a\ndescription: b\ntools: §[]\n", "name: a\ndescription: b\ndisallowedTools: []\n"),
        new(
            "agent-plugin-field-ignored", PluginAgentPath, "---\nname: a\ndescription: b\n§permissionMode: plan\n---\nBody\n",
            AgentPath, "---\nname: a\ndescription: b\npermissionMode: plan\n---\nBody\n"),
        new("agent-name-missing", ".github/agents/planner.md", "---\n§description: b\n---\nBody\n", ".github/agents/planner.agent.md", "---\ndescription: b\n---\nBody\n"),
        new("agent-plugin-name-missing", "agents/reviewer.md", "---\n§description: b\n---\nBody\n", ".claude/plugins/agents/a.md", "---\ndescription: b\n---\nBody\n"),
        new(
            "agent-plugin-field-ignored", "agents/deep/reviewer.md", "---\nname: a\ndescription: b\n§permissionMode: plan\n---\nBody\n",
            "reviewer.md", "---\nname: a\ndescription: b\npermissionMode: plan\n---\nBody\n"),
        Of("agent-body-empty", AgentPath, "---\nname: a\ndescription: b\n---\n§  \n", "---\nname: a\ndescription: b\n---\nB\n"),
    ];

    private static IEnumerable<Sample> SkillSamples() =>
    [
        Skill("skill-description-missing", "§name: pdf\n", "name: pdf\ndescription: Fills forms\n"),
        Skill("skill-description-long", $"name: pdf\ndescription: §{Words(1000)}\nwhen_to_use: {Words(600)}\n", $"name: pdf\ndescription: {Words(1000)}\nwhen_to_use: {Words(500)}\n"),
        Skill("skill-unknown-key", "name: pdf\ndescription: b\n§licence: MIT\n", "name: pdf\ndescription: b\nmetadata:\n  version: \"1\"\n"),
        new("skill-directory-reserved", ".claude/skills/synced/SKILL.md", "§---\ndescription: b\n---\nBody\n", ".claude/skills/sync/SKILL.md", "---\ndescription: b\n---\nBody\n"),
        Of("skill-too-long", SkillPath, Lines(500) + "§line\n", Lines(500)),
        Of("skill-body-empty", SkillPath, "---\ndescription: b\n---\n§", "---\ndescription: b\n---\nB"),
    ];

    private static IEnumerable<Sample> SkillPortabilitySamples() =>
    [
        Skill("skill-portable-name-missing", "§description: b\n", "name: pdf\ndescription: b\n"),
        Of("skill-portable-name-missing", SkillPath, "§# PDF\n", "---\nname: pdf\n---\n# PDF\n"),
        Of("skill-portable-description-missing", SkillPath, "§# PDF\n", "---\ndescription: b\n---\n# PDF\n"),
        Of("skill-portable-body-long", SkillPath, "---\nname: pdf\n---\n§" + Words(26_000), "---\nname: pdf\n---\n" + Words(24_000)),
        Skill("skill-portable-name-invalid", "name: §PDF--forms\ndescription: b\n", "name: größe\ndescription: b\n"),
        Skill("skill-portable-name-directory", "name: §forms\ndescription: b\n", "name: pdf\ndescription: b\n"),
        Skill("skill-portable-description-missing", "§name: pdf\n", "name: pdf\ndescription: b\n"),
        Skill("skill-portable-description-long", $"name: pdf\ndescription: §{Words(1025)}\n", $"name: pdf\ndescription: {Words(1024)}\n"),
        Skill("skill-portable-unknown-key", "name: pdf\ndescription: b\n§model: opus\n", "name: pdf\ndescription: b\nlicense: MIT\n"),
        Skill("skill-portable-compatibility", $"name: pdf\ndescription: b\ncompatibility: §{Words(501)}\n", "name: pdf\ndescription: b\ncompatibility: Needs git\n"),
        Skill("skill-portable-metadata", "name: pdf\ndescription: b\nmetadata:\n  version: §1.0\n", "name: pdf\ndescription: b\nmetadata:\n  version: \"1.0\"\n"),
        Skill("skill-portable-allowed-tools", "name: pdf\ndescription: b\nallowed-tools: §Read, Grep\n", "name: pdf\ndescription: b\nallowed-tools: Read Grep\n"),
    ];

    private static IEnumerable<Sample> CommandSamples() =>
    [
        Of("command-unknown-key", CommandPath, "---\ndescription: b\n§argument_hint: x\n---\nBody\n", "---\ndescription: b\nargument-hint: x\n---\nBody\n"),
        new("command-key-ignored", CommandPath, "---\n§name: ship\ndescription: b\n---\nBody\n", SkillPath, "---\nname: ship\ndescription: b\n---\nBody\n"),
        Of("command-runs-at-load", CommandPath, "Status: §!`git status`\n", "Wow!`code` and ! `code` and !\n"),
    ];

    private static IEnumerable<Sample> JsonSamples() =>
    [
        Of("json-syntax", McpPath, "{\"mcpServers\": §]}", "{\"mcpServers\": {}}"),
        Of("json-comment", SettingsPath, "{\n  §// mine\n  \"env\": {}\n}", "{\"env\": {\"URL\": \"https://example.com // no comment\"}}"),
        Of("json-trailing-comma", SettingsPath, "{\"env\": {\"A\": \"b\"§,}}", "{\"env\": {\"A\": \"b,}\"}}"),
        Of("json-duplicate-key", SettingsPath, "{\"env\": {}, §\"env\": {}}", "{\"env\": {\"env\": \"x\"}}"),
        Of("json-not-an-object", McpPath, "§[]", "{\"mcpServers\": {}}"),
    ];

    private static IEnumerable<Sample> HookSamples() =>
    [
        Of("hooks-key-missing", HooksPath, "§{\"PreToolUse\": []}", "{\"hooks\": {\"PreToolUse\": []}}"),
        Hooks("hook-event-unknown", "§\"preToolUse\": []", "\"PostToolBatch\": []"),
        Hooks("hook-shape", "\"Stop\": [§{\"type\": \"command\", \"command\": \"true\"}]", "\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"true\"}]}]"),
        Handler("hook-type-missing", "Stop", "§{\"command\": \"true\"}", "{\"type\": \"command\", \"command\": \"true\"}"),
        Handler("hook-type-unknown", "Stop", "{\"type\": §\"shell\", \"command\": \"true\"}", "{\"type\": \"mcp_tool\", \"server\": \"s\", \"tool\": \"t\"}"),
        Handler("hook-field-missing", "Stop", "§{\"type\": \"http\"}", "{\"type\": \"http\", \"url\": \"https://example.com\"}"),
        Handler("hook-field-type", "Stop", "{\"type\": \"command\", \"command\": \"true\", \"args\": §\"-x\"}", "{\"type\": \"command\", \"command\": \"true\", \"args\": [\"-x\"]}"),
        Handler("hook-unknown-key", "Stop", "{\"type\": \"command\", \"command\": \"true\", §\"language\": \"python\"}", "{\"type\": \"command\", \"command\": \"true\", \"statusMessage\": \"…\"}"),
        Handler("hook-timeout-invalid", "Stop", "{\"type\": \"command\", \"command\": \"true\", \"timeout\": §-1}", "{\"type\": \"command\", \"command\": \"true\", \"timeout\": 0.5}"),
        Handler("hook-timeout-milliseconds", "Stop", "{\"type\": \"command\", \"command\": \"true\", \"timeout\": §5000}", "{\"type\": \"command\", \"command\": \"true\", \"timeout\": 600}"),
        Handler("hook-timeout-session-end", "SessionEnd", "{\"type\": \"command\", \"command\": \"true\", \"timeout\": §61}", "{\"type\": \"command\", \"command\": \"true\", \"timeout\": 60}"),
        Handler("hook-shell-unknown", "Stop", "{\"type\": \"command\", \"command\": \"true\", \"shell\": §\"zsh\"}", "{\"type\": \"command\", \"command\": \"zsh\", \"shell\": \"powershell\"}"),
        Handler("hook-shell-unknown", "Stop", "{\"type\": \"command\", \"command\": \"true\", \"shell\": §\"Bash\"}", "{\"type\": \"command\", \"command\": \"true\", \"shell\": \"bash\"}"),
        Handler("hook-if-ignored", "Stop", "{\"type\": \"command\", \"command\": \"true\", §\"if\": \"Bash(git *)\"}", "{\"type\": \"command\", \"command\": \"if true; then :; fi\"}"),
        Handler("hook-once-ignored", "Stop", "{\"type\": \"command\", \"command\": \"true\", §\"once\": true}", "{\"type\": \"command\", \"command\": \"once\"}"),
        Of(
            "hook-all-disabled", SettingsPath, "{§\"disableAllHooks\": true, \"hooks\": {\"Stop\": []}}", "{\"disableAllHooks\": false, \"hooks\": {\"Stop\": []}}"),
    ];

    private static IEnumerable<Sample> MatcherSamples() =>
    [
        Matcher("hook-matcher-ignored", "Stop", "§\"Bash\"", "Stop", "\"\""),
        Matcher("hook-matcher-invalid", "PreToolUse", "§\"Bash(\"", "PreToolUse", "\"mcp__.*__(read|write)\""),
        Matcher("hook-matcher-matches-nothing", "PreToolUse", "§\"mcp__memory\"", "PreToolUse", "\"mcp__memory__.*\""),
        Matcher("hook-matcher-matches-nothing", "PreToolUse", "§\"bash\"", "PreToolUse", "\"Bash\""),
        Matcher("hook-matcher-matches-nothing", "PreToolUse", "§\"bash|edit\"", "PreToolUse", "\"bash|Edit\""),
        Matcher("hook-matcher-matches-nothing", "PreToolUse", "§\"write, multiedit\"", "PreToolUse", "\"write|my_tool\""),
        Matcher("hook-matcher-matches-nothing", "SessionStart", "§\"start\"", "SessionStart", "\"start.*\""),
        Matcher("hook-matcher-matches-nothing", "PreCompact", "§\"^Auto$\"", "PreCompact", "\"manual|never\""),
    ];

    private static IEnumerable<Sample> SettingsSamples() =>
    [
        Of("settings-permissions-shape", SettingsPath, "{\"permissions\": {\"allow\": §\"Read\"}}", "{\"permissions\": {\"allow\": [\"Read\"]}}"),
        Of("settings-permission-rule", SettingsPath, "{\"permissions\": {\"deny\": [§\"Bash(rm\"]}}", "{\"permissions\": {\"deny\": [\"Bash(rm (x):*)\"]}}"),
        Of("settings-mode-unknown", SettingsPath, "{\"permissions\": {\"defaultMode\": §\"yolo\"}}", "{\"permissions\": {\"defaultMode\": \"acceptEdits\"}}"),
        Of("settings-env-type", SettingsPath, "{\"env\": {\"PORT\": §80}}", "{\"env\": {\"PORT\": \"80\"}}"),
    ];

    private static IEnumerable<Sample> McpSamples() =>
    [
        Of("mcp-servers-missing", McpPath, "§{\"docs\": {\"command\": \"docs\"}}", "{\"mcpServers\": {}}"),
        new("mcp-servers-missing", McpPath, "§{\"servers\": {\"docs\": {\"command\": \"docs\"}}}", ".vscode/mcp.json", "{\"servers\": {\"docs\": {\"command\": \"docs\"}}}"),
        Of("mcp-command-missing", "mcp.json", "{\"mcpServers\": {\"docs\": §{\"args\": []}}}", "{\"servers\": {\"docs\": {\"args\": []}}}"),
        Mcp("mcp-server-shape", "\"docs\": §\"docs\"", "\"docs\": {\"command\": \"docs\"}"),
        Mcp("mcp-server-name-invalid", "§\"my docs\": {\"command\": \"docs\"}", "\"my-docs_2\": {\"command\": \"docs\"}"),
        Mcp("mcp-server-name-reserved", "§\"workspace\": {\"command\": \"docs\"}", "\"workspaces\": {\"command\": \"docs\"}"),
        Mcp("mcp-url-without-type", "\"docs\": {§\"url\": \"https://example.com/mcp\"}", "\"docs\": {\"type\": \"http\", \"url\": \"https://example.com/mcp\"}"),
        Mcp("mcp-type-unknown", "\"docs\": {\"type\": §\"HTTP\", \"url\": \"https://example.com\"}", "\"docs\": {\"type\": \"streamable-http\", \"url\": \"https://example.com\"}"),
        Mcp("mcp-command-missing", "\"docs\": §{\"args\": []}", "\"docs\": {\"command\": \"docs\", \"args\": []}"),
        Mcp("mcp-url-missing", "\"docs\": §{\"type\": \"http\"}", "\"docs\": {\"type\": \"http\", \"url\": \"${DOCS}\"}"),
        Mcp("mcp-url-invalid", "\"docs\": {\"type\": \"http\", \"url\": §\"ftp://example.com\"}", "\"docs\": {\"type\": \"ws\", \"url\": \"wss://example.com\"}"),
        Mcp("mcp-command-and-url", "\"docs\": {\"command\": \"docs\", §\"url\": \"https://example.com\"}", "\"docs\": {\"command\": \"docs\", \"args\": [\"url\"]}"),
        Mcp("mcp-sse-deprecated", "\"docs\": {\"type\": §\"sse\", \"url\": \"https://example.com\"}", "\"docs\": {\"type\": \"http\", \"url\": \"https://example.com/sse\"}"),
        Mcp("mcp-field-type", "\"docs\": {\"command\": \"docs\", \"args\": §\"--stdio\"}", "\"docs\": {\"command\": \"docs\", \"args\": [\"--stdio\"]}"),
        Mcp("mcp-unknown-key", "\"docs\": {\"command\": \"docs\", §\"disabled\": true}", "\"docs\": {\"command\": \"docs\", \"alwaysLoad\": true}"),
        Mcp("mcp-whitespace", "\"docs\": {\"command\": §\"docs \"}", "\"docs\": {\"command\": \"my docs\"}"),
        Mcp("mcp-variable-syntax", "\"docs\": {\"command\": \"docs\", \"env\": {\"KEY\": §\"$KEY\"}}", "\"docs\": {\"command\": \"docs\", \"env\": {\"KEY\": \"${KEY:-none}\"}}"),
        Mcp("mcp-variable-syntax", "\"docs\": {\"command\": §\"${DOCS/bin\"}", "\"docs\": {\"command\": \"sh\", \"args\": [\"-c\", \"$DOCS\"]}"),
    ];

    private static IEnumerable<Sample> PluginSamples() =>
    [
        Of("plugin-name-missing", PluginPath, "§{\"version\": \"1.0.0\"}", "{\"name\": \"git\"}"),
        Of("plugin-name-invalid", PluginPath, "{\"name\": §\"Git Tools\"}", "{\"name\": \"git-tools\"}"),
        Of("plugin-unknown-key", PluginPath, "{\"name\": \"git\", §\"keyword\": []}", "{\"name\": \"git\", \"keywords\": []}"),
        Of("plugin-field-type", PluginPath, "{\"name\": \"git\", \"author\": §\"Ada\"}", "{\"name\": \"git\", \"author\": {\"name\": \"Ada\"}}"),
        Of("plugin-path-invalid", PluginPath, "{\"name\": \"git\", \"commands\": [§\"commands/a.md\"]}", "{\"name\": \"git\", \"commands\": [\"./commands/a.md\"]}"),
        Of("plugin-path-invalid", PluginPath, "{\"name\": \"git\", \"hooks\": §\"./../hooks.json\"}", "{\"name\": \"git\", \"hooks\": \"./my..hooks.json\"}"),
        Of("plugin-version-invalid", PluginPath, "{\"name\": \"git\", \"version\": §\"v1\"}", "{\"name\": \"git\", \"version\": \"1.0.0-rc.1+5\"}"),
        Of(
            "plugin-user-config-invalid", PluginPath, "{\"name\": \"git\", \"userConfig\": {\"key\": §{\"type\": \"text\", \"title\": \"Key\", \"description\": \"A key\"}}}",
            "{\"name\": \"git\", \"userConfig\": {\"key\": {\"type\": \"string\", \"title\": \"Key\", \"description\": \"A key\"}}}"),
    ];

    private static IEnumerable<Sample> MarketplaceSamples() =>
    [
        Of("marketplace-name-missing", MarketplacePath, "§{\"owner\": {\"name\": \"Ada\"}, \"plugins\": []}", Marketplace("")),
        Of("marketplace-name-invalid", MarketplacePath, "{\"name\": §\"My Tools\", \"owner\": {\"name\": \"Ada\"}, \"plugins\": []}", Marketplace("")),
        Of("marketplace-name-desktop", MarketplacePath, "{\"name\": §\"org\", \"owner\": {\"name\": \"Ada\"}, \"plugins\": []}", Marketplace("")),
        Of("marketplace-owner-missing", MarketplacePath, "{\"name\": \"tools\", \"owner\": §\"Ada\", \"plugins\": []}", Marketplace("")),
        Of("marketplace-plugins-missing", MarketplacePath, "§{\"name\": \"tools\", \"owner\": {\"name\": \"Ada\"}}", Marketplace("")),
        Of("marketplace-plugin-shape", MarketplacePath, Marketplace("§{\"name\": \"git\"}"), Marketplace("{\"name\": \"git\", \"source\": \"./git\"}")),
        Of(
            "marketplace-plugin-duplicate", MarketplacePath, Marketplace("{\"name\": \"git\", \"source\": \"./git\"}, {\"name\": §\"git\", \"source\": \"./git2\"}"),
            Marketplace("{\"name\": \"git\", \"source\": \"./git\"}, {\"name\": \"git2\", \"source\": \"./git\"}")),
        Of("marketplace-source-invalid", MarketplacePath, Marketplace("{\"name\": \"git\", \"source\": §\"git\"}"), Marketplace("{\"name\": \"git\", \"source\": \"./git\"}")),
        Of(
            "marketplace-source-invalid", MarketplacePath, Marketplace("{\"name\": \"git\", \"source\": §{\"source\": \"github\"}}"),
            Marketplace("{\"name\": \"git\", \"source\": {\"source\": \"github\", \"repo\": \"ada/git\"}}")),
        Of(
            "marketplace-source-invalid", MarketplacePath, Marketplace("{\"name\": \"git\", \"source\": {\"source\": \"archive\", \"url\": §\"http://example.com/a.zip\"}}"),
            Marketplace("{\"name\": \"git\", \"source\": {\"source\": \"archive\", \"url\": \"https://example.com/a.zip\"}}")),
        Of("marketplace-unknown-key", MarketplacePath, "{§\"title\": \"Tools\", \"name\": \"tools\", \"owner\": {\"name\": \"Ada\"}, \"plugins\": []}", Marketplace("")),
    ];

    private static IEnumerable<Sample> OtherSamples() =>
    [
        Of("session-line-invalid", SessionPath, "{\"type\": \"user\"}\n§[1]\n", "{\"type\": \"user\"}\n\n{\"type\": \"later\", \"new\": [1]}"),
        Of("memory-too-long", "CLAUDE.md", Lines(200) + "§line\n", Lines(200)),
        Of("memory-too-large", "CLAUDE.md", "§" + new string('x', (4 * 1024 * 1024) + 1), new string('x', 4 * 1024 * 1024)),
        new("memory-not-read", "AGENTS.md", "§Run the tests.\n", "CLAUDE.md", "Run the tests.\n"),
        Of("rule-field-type", RulePath, "---\npaths: §3\n---\nTest first.\n", "---\npaths: [\"**/*.cs\"]\n---\nTest first.\n"),
        new("rule-unknown-key", RulePath, "---\n§globs: \"*.cs\"\n---\nTest first.\n", ".cursor/rules/tests.mdc", "---\nglobs: \"*.cs\"\nalwaysApply: false\n---\nTest first.\n"),
    ];

    private static IEnumerable<Sample> SecretSamples() =>
    [
        Of("secret-private-key", "notes.md", $"§-----BEGIN RSA PRIVATE KEY-----\n{Random}{Random}\n", "It begins with -----BEGIN RSA PRIVATE KEY----- and so on.\n"),
        Secret("secret-anthropic-key", "sk-ant-" + "api03-" + Random),
        Secret("secret-openai-key", "sk-" + "proj-" + Random),
        Secret("secret-aws-access-key", "AKI" + "AZ7QW3NLM5TXC2RV6", "AKI" + "AIOSFODNN7EXAMPLE"),
        Secret("secret-github-token", "gh" + "p_" + Random),
        Secret("secret-gitlab-token", "glp" + "at-" + Random[..20]),
        Secret("secret-google-api-key", "AI" + "za" + Random[..35]),
        Secret("secret-slack-token", "xox" + "b-" + Random),
        Of("secret-slack-webhook", "notes.md", "https://§hooks.slack.com/" + "services/T0Q7W3NLM/B5TXC2RV6/" + Random[..24], "https://hooks.slack.com/services/T…/B…/…\n"),
        Secret("secret-stripe-key", "sk_" + "live_" + Random[..24], "sk_" + "test_" + Random[..24]),
        Secret("secret-npm-token", "np" + "m_" + Random),
        Secret("secret-pypi-token", "pyp" + "i-AgEIcHlwaS5vcmc" + Random + Random),
        Secret("secret-huggingface-token", "h" + "f_" + Random[..34]),
        Secret("secret-sendgrid-key", "S" + "G." + Random[..22] + "." + Random + "Zq8"),
        Of("secret-password-in-url", "notes.md", "postgres://ada:§hT7qLw93Xz@prod.internal.acme.net/app", "postgres://user:password1@localhost/app and postgres://ada:${PASSWORD1}@prod.acme.net/app"),
        Address("db.prod.acme-corp.com", "db"),
        Address("postgres.acme.net:5432", "postgres:5432"),
        Address("localhost.acme.net", "localhost"),
        Address("127.acme.net", "127.0.0.1"),
        Address("myexample.com", "sql.example.com"),
        Address("host.test.acme.net", "sql.acme.test"),
        Mcp("secret-high-entropy", $"\"docs\": {{\"command\": \"docs\", \"env\": {{\"API_KEY\": \"§{Random}\"}}}}", "\"docs\": {\"command\": \"docs\", \"env\": {\"API_KEY\": \"your-api-key-goes-here-1\"}}"),
        Variable("AWS_SECRET_ACCESS_KEY", Random[..9] + "/" + Random[9..22] + "/" + Random[22..], "vendor/models/Claude2/tokenizer-v3"),
        Variable("DB_PASSWORD_PROD", Random[..24], "DB_PASSWORD_PROD_DB_PASSWORD_2"),
        Variable("CLIENT_SECRET_VALUE", Random[..24], "${CLIENT_SECRET_VALUE:-none-at-all-0}"),
        Variable("ACCESS_KEY", Random[..24], "0000000000000000000000a1"),
        Variable("accessKey", Random[..24], "aaaaaaaaaaaaaaaaaaaaa1"),
        Variable("SERVICE_CREDENTIAL", Random[..24], "projects/Acme2/keys/main-1"),
        Variable("GITHUB_PAT", Random[..24], "src/githubPat2/readme/index-1"),
        Named("secret-high-entropy", "TOKEN", "TOKEN_ID"),
        Named("secret-high-entropy", "clientSecret", "clientSecretName"),
        Named("secret-high-entropy", "MY_PAT_2", "MY_PATTERN"),
        Named("secret-high-entropy", "accessKey", "TOKENIZER"),
        Variable("STRIPE_KEY", Random[..24], "your-stripe-key-goes-here-1"),
        Named("secret-high-entropy", "ENCRYPTION_KEY", "PUBLIC_KEY"),
        Header("Basic §" + Basic("ada:hT7qLw93Xz"), "Basic " + Basic("user:password")),
        Header("Basic §" + Basic(Random[..12] + ":"), "Basic ${DOCS_BASIC}"),
        Header("Bearer §" + Random[..16], "Bearer your-token-goes-here-1"),
        Of(
            "secret-high-entropy", PluginPath, $"{{\"name\": \"p\", \"mcpServers\": {{\"docs\": {{\"command\": \"docs\", \"env\": {{\"API_KEY\": \"§{Random}\"}}}}}}}}",
            "{\"name\": \"p\", \"mcpServers\": {\"docs\": {\"command\": \"docs\", \"env\": {\"API_KEY\": \"${API_KEY}\"}}}}"),
        Of(
            "secret-high-entropy", PluginPath, $"{{\"name\": \"p\", \"hooks\": {{\"Stop\": [{{\"hooks\": [{{\"type\": \"command\", \"command\": \"TOKEN=§{Random} send\"}}]}}]}}}}",
            "{\"name\": \"p\", \"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"TOKEN=$TOKEN send\"}]}]}}"),
        Of("secret-high-entropy", SessionPath, $"{{\"text\": \"export DB_PASSWORD_PROD=§{Random[..24]}\"}}\n", $"{{\"text\": \"the tokens {Random[..24]} and passwords-of {Random[..24]}\"}}\n"),
    ];

    private static Sample Address(string host, string localHost) =>
        Of("secret-password-in-url", "notes.md", $"postgres://ada:§hT7qLw93Xz@{host}/app", $"postgres://ada:hT7qLw93Xz@{localHost}/app");

    private static Sample Header(string value, string harmless) => Mcp(
        "secret-high-entropy", $"\"docs\": {{\"type\": \"http\", \"url\": \"https://docs.acme.net\", \"headers\": {{\"Authorization\": \"{value}\"}}}}",
        $"\"docs\": {{\"type\": \"http\", \"url\": \"https://docs.acme.net\", \"headers\": {{\"Authorization\": \"{harmless}\"}}}}");

    private static string Basic(string credentials) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(credentials));

    private static Sample Variable(string name, string value, string harmless) => Mcp(
        "secret-high-entropy", $"\"docs\": {{\"command\": \"docs\", \"env\": {{\"{name}\": \"§{value}\"}}}}", $"\"docs\": {{\"command\": \"docs\", \"env\": {{\"{name}\": \"{harmless}\"}}}}");

    private static Sample Named(string code, string secret, string harmless) => Mcp(
        code, $"\"docs\": {{\"command\": \"docs\", \"env\": {{\"{secret}\": \"§{Random[..24]}\"}}}}", $"\"docs\": {{\"command\": \"docs\", \"env\": {{\"{harmless}\": \"{Random[..24]}\"}}}}");

    private static IEnumerable<Sample> SafetySamples() =>
    [
        new("path-not-portable", "notes/what?.md", "§Notes\n", "notes/what.md", "Notes\n"),
        new("path-not-portable", "notes./a.md", "§Notes\n", "notes/.a/..b.md", "Notes\n"),
        new("path-not-portable", "notes/a.md ", "§Notes\n", "notes/a b.md", "Notes\n"),
        new("path-not-portable", "notes/Nul.md", "§Notes\n", "notes/null.md", "Notes\n"),
        new("path-not-portable", "com1/a.md", "§Notes\n", "com/a.com1", "Notes\n"),
        new("text-bidirectional", "notes\u202Edm.exe", "§Notes\n", "notes.md", "Notes\n"),
        new("text-invisible", "no\u200Btes.md", "§Notes\n", "می\u200Cخواهم 👩\u200D💻.md", "Notes\n"),
        Of("text-bidirectional", "notes.md", "if admin §\u202Eelse\n", "שלום and مرحبا\n"),
        Of("text-invisible", "notes.md", "Run§\u200B\u200B it\n", "\uFEFFRun it 👩\u200D💻 می\u200Cخواهم\n"),
        Of("text-invisible", "notes.md", "Hello§\U000E0072\U000E006D\n", "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F\n"),
        Of("text-invisible", "notes.md", "ab§\u200D\u200Ccd\n", "नमस्\u200D\u200Cते क्\u200Dष می\u200C\u200Cخواهم\n"),
        Of("text-invisible", "notes.md", "👩§\u200D\u200C\u200D\u200C💻\n", "👩🏽\u200D💻 ❤\uFE0F\u200D🔥 👨\u200D👩\u200D👧 1\uFE0F\u20E3 #\uFE0F\u20E3 🇩🇪 ™\uFE0F\n"),
        Of("text-invisible", "notes.md", "😀§\uFE01\uFE0A\n", "😀\uFE0F 葛\U000E0100 ≨\uFE00\n"),
        Of("text-invisible", "notes.md", "😀§\U000E0154\U000E0155\n", "葛\U000E0101飾\n"),
        Of("text-invisible", "notes.md", "😀§\uFE01\u200D\uFE02\u200D\uFE03\n", "🏳\uFE0F\u200D🌈\n"),
        Of("text-invisible", "notes.md", "a§\uFE01b\uFE02\n", "0\uFE00 and 1\uFE0F\u20E3\n"),
        Of("text-invisible", "notes.md", "🏴§\U000E0052\U000E0055\U000E004E\U000E007F\n", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F\n"),
        Of("text-invisible", "notes.md", "Run§\u3164it\n", "실행\n"),
        Of("text-invisible", "notes.md", "Run§\u115F\u1160\uFFA0it\n", "가\n"),
        Of("text-invisible", "notes.md", "pass§\u00ADword\n", "Rück\u00ADäußerung\n"),
        Of("text-invisible", "notes.md", "pass§\u200Eword\n", "C#\u200F (או C++\u200E) היא שפה\n"),
        Of("text-invisible", "notes.md", "pass§\u061Cword\n", "مرحبا\u061C 12\n"),
        Of("pipe-to-shell", "install.sh", "§curl -fsSL https://example.com/install.sh | sudo bash -s -- -y\n", "curl -s https://example.com/a.json | python3 -m json.tool | head\n"),
        Of("pipe-to-shell", "install.sh", "§curl -fsSL https://example.com/install.sh \\\n  | sudo \\\n  bash\n", "curl -fsSLO https://example.com/install.sh\nprintf x | bash\n"),
        Of("pipe-to-shell", "install.sh", "§curl -fsSL https://example.com/install.sh |\n  sh\n", "curl -fsSL https://example.com/a.json |\n  jq .\nls | sh\n"),
        Of("pipe-to-shell", "install.ps1", "§irm https://example.com/install.ps1\n  | iex\n", "| irm https://example.com | a download |\n| iex | runs it |\n"),
        Of("pipe-to-shell", "install.sh", "bash <(§curl -s https://example.com/install.sh)\n", "x=$(curl -s https://example.com) && echo bash\n"),
        Of("permission-wide", CommandPath, "---\nallowed-tools: Read, §Bash(*)\n---\nShip it.\n", "---\nallowed-tools: Read, Bash(git status:*)\n---\nShip it.\n"),
        Of("permission-wide", SettingsPath, "{\"permissions\": {\"allow\": [§\"Bash\"]}}", "{\"permissions\": {\"deny\": [\"Bash\"]}}"),
        Agent("permission-bypass", "name: a\ndescription: b\npermissionMode: §bypassPermissions\n", "name: a\ndescription: bypassPermissions\npermissionMode: plan\n"),
        Handler(
            "permission-bypass", "Stop", "{\"type\": \"command\", \"command\": \"claude -p §--dangerously-skip-permissions review\"}",
            "{\"type\": \"command\", \"command\": \"claude -p --allow-dangerously-skip-permissions review\"}"),
        Handler(
            "permission-bypass", "Stop", "{\"type\": \"command\", \"command\": \"claude\", \"args\": [\"§--permission-mode=bypassPermissions\"]}",
            "{\"type\": \"command\", \"command\": \"claude\", \"args\": [\"--permission-mode=plan\"]}"),
        Of("permission-bypass", SettingsPath, "{\"permissions\": {\"defaultMode\": §\"bypassPermissions\"}}", "{\"permissions\": {\"defaultMode\": \"plan\"}}"),
    ];

    private static Sample Of(string code, string path, string marked, string nearMiss) => new(code, path, marked, path, nearMiss);

    private static Sample Agent(string code, string marked, string nearMiss) => Of(code, AgentPath, $"---\n{marked}---\nBody\n", $"---\n{nearMiss}---\nBody\n");

    private static Sample Skill(string code, string marked, string nearMiss) => Of(code, SkillPath, $"---\n{marked}---\nBody\n", $"---\n{nearMiss}---\nBody\n");

    private static Sample Hooks(string code, string marked, string nearMiss) => Of(code, HooksPath, $"{{\"hooks\": {{{marked}}}}}", $"{{\"hooks\": {{{nearMiss}}}}}");

    private static Sample Handler(string code, string name, string marked, string nearMiss) =>
        Hooks(code, $"\"{name}\": [{{\"hooks\": [{marked}]}}]", $"\"{name}\": [{{\"hooks\": [{nearMiss}]}}]");

    private static Sample Matcher(string code, string name, string marked, string nearMissName, string nearMiss) =>
        Hooks(code, $"\"{name}\": [{{\"matcher\": {marked}, \"hooks\": []}}]", $"\"{nearMissName}\": [{{\"matcher\": {nearMiss}, \"hooks\": []}}]");

    private static Sample Mcp(string code, string marked, string nearMiss) => Of(code, McpPath, $"{{\"mcpServers\": {{{marked}}}}}", $"{{\"mcpServers\": {{{nearMiss}}}}}");

    private static string Marketplace(string plugins) => $"{{\"name\": \"tools\", \"owner\": {{\"name\": \"Ada\"}}, \"plugins\": [{plugins}]}}";

    private static Sample Secret(string code, string secret, string? placeholder = null) =>
        Of(code, "notes.md", $"The key is §{secret}.\n", $"The key is {placeholder ?? secret[..^Random.Length.CompareTo(0)] + "xxxxxxxx"} or {secret[..6]}….\n");

    private static string Words(int length) => string.Concat(Enumerable.Repeat("word ", (length / 5) + 1))[..(length - 1)] + "s";

    private static string Lines(int count) => string.Concat(Enumerable.Repeat("line\n", count));
}
