import { display, ICONS, label } from "../domain/display.ts";
import type { Problem } from "../domain/problem.ts";
import type { DispatchView } from "../domain/view.ts";
import { plain, type Reply, type Row, type Table, tone } from "./reply.ts";

/** One line a target: `7  #42 Fix login  rally/42-fix-login  copilot  queued`. */
export function dispatchedReply(
  views: readonly DispatchView[],
  problems: readonly Problem[],
  warnings: readonly string[],
): Reply {
  return {
    text: views.length > 0 ? [dispatchTable(views)] : [],
    json: {
      dispatches: views.map(asJson),
      problems: problems.map((p) => ({ code: p.code, message: p.message, hint: p.hint ?? null })),
    },
    aside: warnings.map((warning) => [tone(`warning: ${plain(warning)}`, "warn")]),
    problems,
    offers:
      views.length === 1 && views[0]
        ? [
            { label: "Status", line: "status" },
            { label: "Log", line: `log ${views[0].id} -f` },
          ]
        : [{ label: "Status", line: "status" }],
  };
}

export function dispatchTable(views: readonly DispatchView[]): { readonly table: Table } {
  const rows = views.map(
    (view): Row => [
      [tone(String(view.id), "strong")],
      `${targetOf(view)} ${view.title}`.trim(),
      view.branch ?? "",
      view.agent,
      `${ICONS[display(view)]} ${label(view)}`,
    ],
  );
  return { table: { columns: [{ align: "right" }, { min: 20 }, { min: 12 }, {}, {}], rows } };
}

export function targetOf(view: Pick<DispatchView, "kind" | "number">): string {
  if (view.kind === "pr") return `PR #${view.number}`;
  return view.kind === "issue" ? `#${view.number}` : "task";
}

function asJson(view: DispatchView) {
  const { id, project, repo, kind, number, title, branch, worktree, agent, status } = view;
  return { id, project, repo, kind, number, title, branch, worktree, agent, status, display: display(view) };
}
