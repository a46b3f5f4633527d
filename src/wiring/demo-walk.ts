import type { DemoAgent } from "./demo-agent.ts";
import { type Hands, type Parts, remark } from "./demo-hands.ts";
import { mergeOnGitHub, PULL, type Stage } from "./demo-stage.ts";

/** The dispatches by the order in which they are made. */
const LOGIN = 1;
const DARK = 2;
const UPLOADS = 3;
const SIGNUP = 4;
const TYPO = 5;
const SEARCH = 6;
const REVIEW = 7;

/** The main job from a fresh repository to a merged pull request, and what is said when agents misbehave. */
export async function* walk(stage: Stage, doing: Hands, agent: DemoAgent): Parts {
  const { types, waits } = doing;
  yield remark(
    "A shop with six issues and a pull request, in a folder of its own. Its GitHub is a stand-in; git, processes",
    "and Rally are real, and nothing leaves this machine.",
    agent.sentence,
  );
  yield* types(["onboard", ".", "--agent", agent.name]);

  yield remark(
    "Issues are handed out, each to an agent in a worktree of its own. A scripted agent has a mood in place of",
    "a model: not all of them will do well.",
  );
  yield* types(["dispatch", "41"], { says: /#41/ });
  for (const [number, mood] of MOODS)
    yield* types(["dispatch", number, "--agent", "scripted", "--model", mood], { says: /scripted/ });
  yield* types(["status"], { says: /working/ });

  yield* endings(types, waits);
  yield* mainJob(stage, doing);
  yield* misfits(types, waits);
  yield* review(types, waits);
  yield* tidying(types, waits);
}

const MOODS = [
  ["42", "slow"],
  ["43", "crash"],
  ["44", "ask"],
  ["45", "nothing"],
  ["46", "hang"],
] as const;

type Types = Hands["types"];
type Waits = Hands["waits"];

async function* endings(types: Types, waits: Waits): Parts {
  yield remark(
    "A while later: one is ready, one crashed, one asks, one changed nothing, two are still at it.",
  );
  await waits({
    [LOGIN]: "ready",
    [DARK]: "working",
    [UPLOADS]: "needs_you",
    [SIGNUP]: "asking",
    [TYPO]: "needs_you",
    [SEARCH]: "working",
  });
  yield* types(["status"], {
    says: /ready for review[\s\S]*needs your answer|needs your answer[\s\S]*ready/,
  });
}

async function* mainJob(stage: Stage, { types, waits }: Hands): Parts {
  yield remark("What is ready is looked at, and gone on with in the same session.");
  yield* types(["diff", `${LOGIN}`], { as: "diff", says: /^\+/m });
  yield* types(["continue", `${LOGIN}`, "also handle the empty name"], { says: /working|ready|queued/ });
  await waits({ [LOGIN]: "ready" });
  yield* types(["log", `${LOGIN}`]);

  yield remark("Nothing has left this machine yet. Only a person's word pushes.");
  yield* types(["push", `${LOGIN}`], { says: /pushed/i });
  yield* types(["pr", `${LOGIN}`], { says: /Pull request #48/ });
  const open = (await waits({ [LOGIN]: "ready" })).find(({ id }) => id === LOGIN);

  yield remark(`On GitHub, Bob looks at #${open?.pr?.number} and merges it, squashed.`);
  await mergeOnGitHub(stage, open?.pr?.number ?? 0, await branchOf(stage));
  yield* types(["refresh"]);
  await waits({ [LOGIN]: "done" });
  yield* types(["status"], { says: /done.*merged/ });
}

async function branchOf(stage: Stage): Promise<string> {
  const refs = await stage.git(
    stage.shop,
    "for-each-ref",
    "--format=%(refname:short)",
    "refs/heads/rally/41-*",
  );
  return refs.split("\n")[0] ?? "";
}

async function* misfits(types: Types, waits: Waits): Parts {
  yield remark("The others: one gets its answer, the crash is read up on, the one that hangs is stopped.");
  yield* types(["answer", `${SIGNUP}`, "Refuse it."]);
  yield* types(["log", `${UPLOADS}`]);
  yield* types(["stop", `${SEARCH}`], { says: /stopped/ });
  await waits({ [SIGNUP]: "ready", [SEARCH]: "stopped" });
}

async function* review(types: Types, waits: Waits): Parts {
  yield remark("A pull request is reviewed. Bob wrote it, so Rally asks first; here nobody can be asked.");
  yield* types(["dispatch", "pr", `${PULL}`], { code: 5, says: /bob/ });
  yield* types(["dispatch", "pr", `${PULL}`, "--trust", "--agent", "scripted", "--model", "review"]);
  await waits({ [REVIEW]: "ready" });
  yield* types(["review", `${REVIEW}`], { as: "markdown", says: /Verdict/ });
}

async function* tidying(types: Types, waits: Waits): Parts {
  yield remark("Cleaning proposes what is safe to go, and says why the rest is not. It can be undone.");
  yield* types(["clean", "--dry-run"], { says: /can go/ });
  yield* types(["clean", `${LOGIN}`, "--yes"], { says: /removed/ });
  yield* types(["undo", `${LOGIN}`], { says: /back/ });
  yield* types(["status"]);
  await waits({ [LOGIN]: "done", [DARK]: "working", [UPLOADS]: "needs_you", [SEARCH]: "stopped" });
}
