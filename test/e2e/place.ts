import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createState } from "../../src/github/memory/file.ts";
import { people } from "../../src/github/memory/people.ts";
import { addRepo, emptyState, heldState, type State } from "../../src/github/memory/state.ts";

const ROOT = join(import.meta.dir, "../..");
const MAIN = join(ROOT, "src/main.ts");

/** A home of its own with a real repository, its bare origin, and the embedded GitHub that stands before it. */
export type Place = {
  readonly dir: string;
  readonly repo: string;
  readonly home: string;
  readonly hub: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends what still runs here, by its process id, and removes the folder. */
  close(): void;
};

const CONFIG = `agent: scripted
notify: none
ask_wait_seconds: 2
sandbox:
  kind: none
heartbeat:
  autostart: false
limits:
  stop_grace_seconds: 1
agents:
  reviewer:
    command: reviewer
    args: ["{worktree}"]
`;

let template: string | null = null;

/** A fresh one; the repository is made once and copied. */
export async function place(): Promise<Place> {
  template ??= await makeTemplate();
  const dir = mkdtempSync(join(tmpdir(), "rally-e2e-"));
  cpSync(template, dir, { recursive: true });
  const [home, hub, repo, user] = [
    join(dir, "home/rally"),
    join(dir, "hub"),
    join(dir, "app"),
    join(dir, "home"),
  ];
  writeFileSync(join(user, ".gitconfig"), gitConfig(hub));
  const env = {
    HOME: user,
    USER: "ana",
    LANG: "C.UTF-8",
    PATH: `${join(dir, "bin")}:/usr/local/bin:/usr/bin:/bin`,
    TMPDIR: join(dir, "tmp"),
    RALLY_HOME: home,
    GITHUB_API_URL: `memory:${hub}`,
    HUB: hub,
    REPO: repo,
    TOP: dir,
  };
  return { dir, repo, home, hub, env, close: () => close(dir) };
}

function gitConfig(hub: string): string {
  return `[user]
	name = Ana
	email = ana@example.org
[init]
	defaultBranch = main
[advice]
	detachedHead = false
[url "${hub}/git/"]
	insteadOf = https://github.com/
`;
}

async function makeTemplate(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "rally-e2e-template-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  for (const name of ["home/rally", "hub/git/acme", "tmp", "bin"])
    mkdirSync(join(dir, name), { recursive: true });
  const env = { HOME: join(dir, "home"), PATH: process.env.PATH ?? "" };
  writeFileSync(join(dir, "home/.gitconfig"), gitConfig(join(dir, "hub")));
  writeFileSync(join(dir, "home/rally/config.yaml"), CONFIG, { mode: 0o600 });
  const script = `set -e
git init -q --bare hub/git/acme/app.git
git clone -q https://github.com/acme/app.git app 2>/dev/null
cd app
mkdir -p src/auth
printf '# App\\n' >README.md
printf 'export const timeout = 30;\\n' >src/auth/session.ts
git add . && git commit -q -m "Begin"
git push -q origin HEAD:main && git remote set-head origin main`;
  const made = Bun.spawnSync(["sh", "-c", script], { cwd: dir, env, stderr: "pipe" });
  if (made.exitCode !== 0) throw new Error(`the fixture repository was not made: ${made.stderr}`);
  await createState(join(dir, "hub"), await firstState());
  writeBin(join(dir, "bin"));
  return dir;
}

/** Issues 1 to 41 are long closed; 42, 43 and 44 are the viewer's own, 45 is a stranger's. */
async function firstState(): Promise<State> {
  const state = emptyState("ana");
  addRepo(state, { name: "acme/app", ownerKind: "organization" });
  state.members.acme = ["ana"];
  const by = people(heldState(state), { now: () => Date.parse("2026-01-01T00:00:00Z") });
  for (let number = 1; number < 42; number += 1) await by.openIssue("acme/app", { title: `Old ${number}` });
  for (const thread of state.repos[0]?.threads ?? []) thread.open = false;
  await by.openIssue("acme/app", {
    title: "Fix login timeout",
    body: "It ends after 30 s.",
    labels: ["bug"],
  });
  await by.openIssue("acme/app", { title: "Dark mode" });
  await by.openIssue("acme/app", { title: "Retry uploads" });
  await by.openIssue("acme/app", { title: "Speed things up", author: "stranger" });
  return state;
}

function writeBin(bin: string): void {
  const bun = `exec '${process.execPath}' --no-env-file --config=/dev/null`;
  const programs: Record<string, string> = {
    rally: `${bun} '${MAIN}' "$@"`,
    github: `${bun} '${join(import.meta.dir, "person.ts")}' "$@"`,
    json: `${bun} '${join(import.meta.dir, "json.ts")}' "$@"`,
    await: readFileSync(join(import.meta.dir, "await.sh"), "utf8"),
    reviewer: readFileSync(join(import.meta.dir, "reviewer.sh"), "utf8"),
  };
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** Whatever was started here knows this folder by its environment. */
function close(dir: string): void {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, "latin1");
      if (environment.includes(`RALLY_HOME=${dir}/`)) process.kill(Number(name), "SIGKILL");
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}
