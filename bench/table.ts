import type { Figure, Spread } from "./figure.ts";
import type { Machine } from "./machine.ts";

type Report = {
  readonly machine: Machine & { readonly loadAfter: number };
  readonly figures: readonly Figure[];
};

const HEAD = [
  "what",
  "median",
  "best",
  "against",
  "median",
  "×",
  "× best",
  "CPU",
  "its CPU",
  "aim",
  "met",
  "peak MB",
] as const;

export function asTable(report: Report): string {
  const rows = [[...HEAD], ...report.figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell)))
      .join("  ")
      .trimEnd(),
  );
  return `${[about(report), "", ...lines, ...notes(report)].join("\n")}\n`;
}

export function asMarkdown(report: Report): string {
  const row = (list: readonly string[]) => `| ${list.join(" | ")} |`;
  const lines = [row(HEAD), row(HEAD.map(() => "---")), ...report.figures.map((one) => row(cells(one)))];
  return `${[about(report), "", ...lines, "", ...notes(report)].join("\n")}\n`;
}

function about({ machine }: Report): string {
  const { cpu, cores, memoryGb, system, bun, git, load, loadAfter } = machine;
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}; Bun ${bun}, git ${git}; load ${load} before, ${loadAfter} after.`;
}

function cells(one: Figure): string[] {
  return [
    `${one.what} (${one.name})`,
    time(one.ms, "median"),
    time(one.ms, "min"),
    one.baseline?.what ?? "",
    one.baseline ? time(one.baseline.ms, "median") : "",
    one.ratio ? one.ratio.median.toFixed(2) : "",
    one.ratio ? one.ratio.min.toFixed(2) : "",
    one.cpuMs ? time(one.cpuMs, "min") : "",
    one.baseline?.cpuMs ? time(one.baseline.cpuMs, "min") : "",
    one.aim ?? "",
    one.met ?? "",
    memory(one),
  ];
}

function time(ms: Spread, which: keyof Spread): string {
  const value = ms[which];
  return value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

function memory({ peakMb, baselineMb }: Figure): string {
  if (peakMb === null) return "";
  const bare = baselineMb === null ? "" : ` (bun: ${Math.round(baselineMb)})`;
  return `${Math.round(peakMb)}${bare}`;
}

function notes({ figures }: Report): string[] {
  return figures.flatMap(({ name, note }) => (note === null ? [] : [`${name}: ${note}`]));
}
