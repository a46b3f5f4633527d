import type { AgentConfig } from "./agents/agent.ts";
import type { AskTrust, Mode, SandboxKind } from "./domain/words.ts";

/** All settings and limits, frozen, units in their names; where each value came from is in `origin`. */
export type Config = {
  readonly home: string;
  readonly agent: string | null;
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly capacity: number;
  readonly askTrust: AskTrust;
  readonly mode: Mode;
  readonly base: string | null;
  readonly notify: "desktop" | "none";
  readonly askWaitSeconds: number;
  readonly denyTools: readonly string[];
  readonly sandbox: {
    readonly kind: SandboxKind;
    readonly home: "masked" | "hidden";
    readonly writable: readonly string[];
    readonly network: boolean;
  };
  readonly worktrees: { readonly root: string; readonly trashDays: number };
  readonly setup: {
    readonly script: string | null;
    readonly copy: readonly string[];
    readonly timeoutMinutes: number;
  };
  readonly limits: {
    readonly runMinutes: number;
    readonly silenceMinutes: number;
    readonly logQuietSeconds: number;
    readonly logMaxMb: number;
    readonly stopGraceSeconds: number;
    readonly fetchSeconds: number;
    readonly gitSeconds: number;
    readonly githubSeconds: number;
    readonly observeMs: number;
    readonly messageMaxChars: number;
    readonly contextMaxChars: number;
  };
  readonly heartbeat: {
    readonly fastSeconds: number;
    readonly slowSeconds: number;
    readonly leaseSeconds: number;
    readonly autostart: boolean;
  };
  readonly review: { readonly template: string | null; readonly models: readonly string[] };
  readonly github: { readonly apiUrl: string | null; readonly token: string | null };
  readonly env: Environment;
  /** `capacity` → `default`, `config.yaml`, `RALLY_…`. */
  readonly origin: Readonly<Record<string, string>>;
};

/** What Rally takes from its environment; nobody else reads it. */
export type Environment = {
  readonly user: string;
  readonly home: string;
  readonly path: string;
  readonly cwd: string;
  /** Set inside an agent's run: Rally then only reads, declares and asks. */
  readonly run: string | null;
  readonly debug: boolean;
  readonly noColor: boolean;
  readonly editor: string | null;
  /** The whole environment, for the allow-list of children. Never printed. */
  readonly all: Readonly<Record<string, string>>;
};
