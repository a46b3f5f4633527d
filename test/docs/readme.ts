import { AGENT_SETTINGS, SETTINGS } from "../../src/config/settings.ts";
import { ICONS } from "../../src/domain/display.ts";
import { helpTextFile } from "./help-text.ts";
import { AGENT_SETTING_WORDS, SETTING_WORDS } from "./settings.ts";

/** The parts of README.md that the code writes: the name between its markers, and what stands there. */
export async function readmeSections(): Promise<Record<string, string>> {
  return { commands: await commands(), icons: icons(), settings: settings() };
}

async function commands(): Promise<string> {
  const [, text = ""] = /HELP_TEXT = `([\s\S]*)`;/.exec(await helpTextFile()) ?? [];
  return ["```", text.replace(/\\([\\`$])/g, "$1").trimEnd(), "```"].join("\n");
}

/** What a person does about each; total by its type. */
const MEANING: Readonly<Record<keyof typeof ICONS, readonly [label: string, then: string]>> = {
  needs_you: [
    "failed, lost or empty: needs you",
    "the line below says what happened and what to type; `rally log`, `rally continue`, `rally retry`",
  ],
  asking: ["needs your answer", "the agent asked something: `rally answer`"],
  working: ["*agent* working", "wait, or `rally log -f`, `rally stop`"],
  queued: ["queued (place in line)", "starts by itself when there is room"],
  implementing: ["implementing", "between two steps; it passes"],
  ready: ["ready for review", "`rally diff`, then `rally continue`, `rally push`, `rally pr`"],
  pushed: ["pushed", "its commits are on the remote: `rally pr`"],
  stopped: ["stopped by *somebody*", "`rally continue` or `rally clean`"],
  upstream: ["waiting on upstream", "you said so; `rally resume` takes it back"],
  done: ["done", "merged: `rally clean`"],
  orphaned: ["orphaned", "a worktree without a record: `rally clean --orphaned --dry-run`"],
};

function icons(): string {
  const rows = Object.entries(MEANING).map(([name, [label, then]]) => {
    const icon = Object.entries(ICONS).find(([display]) => display === name)?.[1] ?? "";
    return `| ${icon} | ${label} | ${then} |`;
  });
  return ["| | shown as | what to do |", "| --- | --- | --- |", ...rows].join("\n");
}

function settings(): string {
  const general = Object.entries(SETTINGS).map(([key, rule]) =>
    row(key, rule.fallback, rule.allowed, SETTING_WORDS[key as keyof typeof SETTING_WORDS]),
  );
  const ofAgents = Object.entries(AGENT_SETTINGS).map(([key, rule]) =>
    row(
      `agents.<name>.${key}`,
      null,
      rule.allowed,
      AGENT_SETTING_WORDS[key as keyof typeof AGENT_SETTING_WORDS],
    ),
  );
  return [
    "| key | default | may be | what it is |",
    "| --- | --- | --- | --- |",
    ...general,
    ...ofAgents,
  ].join("\n");
}

function row(key: string, fallback: unknown, allowed: string, words: string): string {
  return `| \`${key}\` | ${shown(fallback)} | ${allowed} | ${words} |`;
}

function shown(fallback: unknown): string {
  const empty = typeof fallback === "object" && (fallback === null || Object.keys(fallback).length === 0);
  return empty ? "" : `\`${String(fallback)}\``;
}
