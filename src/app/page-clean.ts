import type { DispatchView } from "../domain/view.ts";

type Redact = (text: string) => string;

/** All of them without secrets: looked through at once, and one by one only where something was found. */
export function cleanViews(views: readonly DispatchView[], redact: Redact): readonly DispatchView[] {
  const all = views.flatMap(textsOf).join("\n\n");
  return redact(all) === all ? views : views.map((view) => cleanView(view, redact));
}

/** The view without secrets. Most have none, so the texts of others in it are first looked through as one. */
export function cleanView(view: DispatchView, redact: Redact): DispatchView {
  const all = textsOf(view).join("\n");
  return redact(all) === all ? view : deepClean(view, redact);
}

function textsOf({
  title,
  url,
  task,
  branch,
  outcomeDetail,
  question,
  kept,
  run,
  undelivered,
  pr,
}: DispatchView) {
  const progress = run?.progress;
  const texts = [title, url, task, branch, outcomeDetail, question?.text, question?.context, pr?.url];
  const lists = [...kept.map(({ text }) => text), ...undelivered.map(({ error }) => error)];
  return [...texts, progress?.tool, progress?.words, ...lists].filter(
    (text) => text !== null && text !== undefined,
  );
}

/** Plain data with every text in it redacted. */
export function deepClean<T>(value: T, redact: Redact): T {
  if (typeof value === "string") return redact(value) as T & string;
  if (Array.isArray(value)) return value.map((item: unknown) => deepClean(item, redact)) as T & unknown[];
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, deepClean(item as unknown, redact)]),
  ) as T & object;
}
