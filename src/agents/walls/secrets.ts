/** Below HOME: what holds secrets, whoever put them there. What is an agent's own state is opened again for that agent. */
export const SECRETS: readonly string[] = [
  // Keys and passwords
  ...[".ssh", ".gnupg", ".password-store", ".local/share/keyrings", ".local/share/kwalletd", ".pki", ".age"],
  ...[
    ".config/op",
    ".config/1Password",
    ".config/Bitwarden",
    ".config/keepassxc",
    ".config/sops",
    ".vault-token",
  ],
  // Code hosts
  ...[".config/gh", ".config/hub", ".config/glab-cli", ".netrc", ".git-credentials", ".gitconfig"],
  ...[".config/git/credentials", ".config/git/config", ".cache/git"],
  // Clouds and containers
  ...[
    ".aws",
    ".azure",
    ".config/gcloud",
    ".oci",
    ".kube",
    ".docker",
    ".config/containers",
    ".local/share/containers",
  ],
  ...[
    ".config/doctl",
    ".config/rclone",
    ".config/heroku",
    ".fly",
    ".vercel",
    ".config/netlify",
    ".terraform.d",
  ],
  ...[".config/hcloud", ".config/wrangler", ".wrangler", ".boto", ".s3cfg", ".config/stripe", ".ansible"],
  // Package registries
  ...[
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
  ],
  ...[
    ".m2/settings.xml",
    ".m2/settings-security.xml",
    ".gradle/gradle.properties",
    ".config/pip",
    ".nuget/NuGet",
  ],
  ...[".bunfig.toml", ".composer/auth.json", ".config/composer/auth.json"],
  // Databases
  ...[".pgpass", ".my.cnf", ".mylogin.cnf", ".config/redis"],
  // Browsers and people's messages
  ...[
    ".mozilla",
    ".config/google-chrome",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/microsoft-edge",
  ],
  ...[
    ".config/vivaldi",
    ".config/opera",
    ".cache/mozilla",
    ".cache/google-chrome",
    ".cache/chromium",
    ".librewolf",
  ],
  ...[
    ".cache/BraveSoftware",
    ".cache/microsoft-edge",
    ".var/app",
    "snap",
    ".thunderbird",
    ".cache/thunderbird",
  ],
  ...[".config/Slack", ".config/discord", ".config/Signal", ".local/share/TelegramDesktop", "Library"],
  // The desk: what could take over a session
  ...[".Xauthority", ".ICEauthority", ".config/pulse", ".local/share/tmux"],
  // What was typed
  ...[
    ".bash_history",
    ".zsh_history",
    ".zsh_sessions",
    ".local/share/fish",
    ".python_history",
    ".psql_history",
  ],
  ...[
    ".mysql_history",
    ".node_repl_history",
    ".sqlite_history",
    ".lesshst",
    ".viminfo",
    ".local/share/atuin",
  ],
  // Agents and editors
  ...[".copilot", ".config/github-copilot", ".claude", ".claude.json", ".config/claude", ".codex", ".gemini"],
  ...[".config/opencode", ".local/share/opencode", ".local/state/opencode", ".cache/opencode", ".cursor"],
  ...[
    ".config/Cursor",
    ".config/Code",
    ".vscode-server",
    ".aider.conf.yml",
    ".continue",
    ".codeium",
    ".factory",
  ],
  ...[
    ".config/goose",
    ".local/share/goose",
    ".config/zed",
    ".local/share/zed",
    ".amp",
    ".config/amp",
    ".qwen",
  ],
];

/** Below HOME: what package managers keep, writable so that a build works and is quick. */
export const CACHES: readonly string[] = [
  ...[".npm/_cacache", ".npm/_logs", ".bun/install/cache", ".cache/yarn", ".yarn/berry/cache", ".cache/pnpm"],
  ...[".local/share/pnpm/store", ".cache/node", ".cache/deno", ".cache/node-gyp", ".cache/typescript"],
  ...[
    ".cargo/registry",
    ".cargo/git",
    ".cache/go-build",
    "go/pkg",
    ".cache/pip",
    ".cache/uv",
    ".cache/pypoetry",
  ],
  ...[
    ".m2/repository",
    ".gradle/caches",
    ".gradle/wrapper",
    ".ivy2/cache",
    ".cache/coursier",
    ".nuget/packages",
  ],
  ...[
    ".local/share/NuGet",
    ".cache/composer",
    ".pub-cache",
    ".cache/ccache",
    ".cache/sccache",
    ".cache/bazel",
  ],
];

/**
 * Of the system: passwords that root may read, everybody's temporary files, and the sockets by which other programs
 * are told what to do (a container daemon, a terminal multiplexer, the desktop's bus, an agent with keys).
 */
export const SYSTEM_SECRETS: readonly string[] = [
  ...[
    "/tmp",
    "/var/tmp",
    "/run",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/shadow-",
    "/etc/gshadow-",
    "/etc/sudoers",
  ],
  ...["/etc/sudoers.d", "/etc/ssh", "/etc/ssl/private", "/etc/docker", "/etc/kubernetes", "/etc/rancher"],
  ...["/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet", "/var/spool/cron", "/var/log"],
];
