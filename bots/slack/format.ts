import type { types } from "@slack/bolt";
import type { Line, Span } from "../../src/app/reply.ts";
import { cutLines } from "../cut.ts";
import { type Button, type Message, type Part, safeAddress } from "../platform.ts";

/** Slack takes 3,000 characters in a text object and 50 blocks in a message. */
const SECTION_LIMIT = 2900;
const SECTIONS_MAX = 40;
const BUTTONS_A_ROW = 5;
const LABEL_LIMIT = 75;
const LINE_LIMIT = 700;
const FALLBACK_LIMIT = 300;

type SlackMessage = { readonly text: string; readonly blocks: types.KnownBlock[] };

/** Block Kit and the words of a notification; within all of Slack's limits, whatever is in it. */
export function slackMessage(message: Message): SlackMessage {
  const calls = message.mention.map((id) => `<@${id.replace(/[^A-Z0-9]/gi, "")}>`).join(" ");
  const texts = sections(message.parts);
  const [first = "", ...rest] = texts;
  const all = calls === "" ? texts : [`${calls} ${first}`.trim(), ...rest];
  const shown = all.length > SECTIONS_MAX ? [...all.slice(0, SECTIONS_MAX), "… and more"] : all;
  const blocks: types.KnownBlock[] = shown.map((text) => ({
    type: "section",
    // Else Slack makes links and mentions of what looks like one, whoever wrote it.
    text: { type: "mrkdwn", text, verbatim: true },
  }));
  return {
    text: (all[0] ?? "…").split("\n", 1)[0]?.slice(0, FALLBACK_LIMIT) || "…",
    blocks: [...blocks, ...buttonRows(message.buttons)],
  };
}

function buttonRows(buttons: readonly Button[]): types.KnownBlock[] {
  const rows: types.KnownBlock[] = [];
  for (let at = 0; at < Math.min(buttons.length, 40); at += BUTTONS_A_ROW)
    rows.push({
      type: "actions",
      elements: buttons.slice(at, at + BUTTONS_A_ROW).map(({ label, offer, danger }, index) => ({
        type: "button",
        action_id: `offer:${at + index}`,
        value: offer,
        text: { type: "plain_text", text: label.slice(0, LABEL_LIMIT), emoji: false },
        ...(danger ? { style: "danger" as const } : {}),
      })),
    });
  return rows;
}

function sections(parts: readonly Part[]): string[] {
  const done: string[] = [];
  let lines: string[] = [];
  let room = SECTION_LIMIT;
  const close = () => {
    if (lines.length > 0) done.push(lines.join("\n"));
    lines = [];
    room = SECTION_LIMIT;
  };
  for (const part of parts) {
    if ("code" in part) {
      close();
      done.push(codeBlock(part.code));
      continue;
    }
    const line =
      "link" in part ? `<${escaped(safeAddress(part.link))}|${escaped(part.text)}>` : spans(part.line);
    if (line.length + 1 > room) close();
    lines.push(line);
    room -= line.length + 1;
  }
  close();
  return done.length > 0 ? done : ["…"];
}

function codeBlock(code: string): string {
  const cut = cutLines(code.trimEnd().split("\n").map(inCode), SECTION_LIMIT - 60);
  const left = cut.left > 0 ? `\n… ${cut.left} more lines` : "";
  return `\`\`\`\n${cut.lines.join("\n")}\n\`\`\`${left}`;
}

/** One line of code: escaped, shortened before that, and unable to end the block. */
function inCode(line: string): string {
  const short = line.length > LINE_LIMIT / 2 ? `${line.slice(0, LINE_LIMIT / 2)}…` : line;
  return escaped(short).replaceAll("```", "`\u200b``") || " ";
}

function spans(line: Line): string {
  const all: readonly Span[] = typeof line === "string" ? [line] : line;
  let room = LINE_LIMIT / 2;
  return all
    .map((span) => {
      const whole = oneLine(typeof span === "string" ? span : span.text);
      const text = whole.length > room ? `${whole.slice(0, room)}…` : whole;
      room = Math.max(0, room - text.length);
      const safe = unmarked(escaped(text));
      if (typeof span === "string") return safe.replace(PULL_AT_END, "<$&>");
      if (safe.trim() === "") return safe;
      if (span.tone === "strong") return `*${safe}*`;
      if (span.tone === "dim") return `_${safe}_`;
      return span.tone === "accent" ? `\`${safe}\`` : safe;
    })
    .join("");
}

/** What a command ends with that tells of a pull request: people want to go there. */
const PULL_AT_END = /https?:\/\/[^\s|]+\/(pull|issues)\/\d+(#[\w-]+)?$/;

/** So that somebody else's words are no mention, no link and no channel. */
function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Slack has no way to write `*` or a backtick as it is: what would be a mark is made a look-alike. */
function unmarked(text: string): string {
  return text
    .replaceAll("*", "∗")
    .replaceAll("`", "ˋ")
    .replace(/(^|\s)[_~](?=\S)/g, "$1\u200b_");
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, " ");
}
