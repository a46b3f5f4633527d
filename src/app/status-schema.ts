import { z } from "zod";
import { ATTENTION_CODES } from "../domain/attention.ts";
import {
  CHECKS,
  DISPLAYS,
  FAILURES,
  KINDS,
  OUTCOMES,
  PR_STATES,
  RUN_ROLES,
  RUN_STATES,
  STAGES,
  STATUSES,
} from "../domain/words.ts";

/** Slow to load: for the documentation, `doctor` and tests, never on the way to `status`. */

const time = z.iso.datetime().describe("ISO 8601, UTC");
const count = z.int().nonnegative();
const id = z.int().positive();

const run = z.strictObject({
  id,
  role: z.enum(RUN_ROLES),
  state: z.enum(RUN_STATES),
  pid: id.nullable(),
  exit_code: z.int().nullable(),
  attempt: id,
  session: z.string().nullable().describe("The agent's own id of its session"),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  log: z.string().describe("The file that the agent's output is written to"),
  usage: z
    .strictObject({
      input_tokens: count,
      output_tokens: count,
      cost_usd: z.number().nonnegative().nullable(),
    })
    .nullable(),
});

const dispatch = z.strictObject({
  id: id.describe("The number that people type; never used again"),
  project: z.string(),
  repo: z.string().nullable().describe("owner/name on GitHub; null for a local project"),
  kind: z.enum(KINDS),
  number: id.nullable().describe("Of the issue or pull request; null for a task"),
  title: z.string(),
  url: z.string().nullable(),
  branch: z.string().nullable(),
  worktree: z.string().nullable(),
  base: z.string().nullable(),
  base_sha: z.string().nullable(),
  status: z.enum(STATUSES).describe("As stored"),
  display: z.enum(DISPLAYS).describe("What people see: derived from status and facts"),
  outcome: z.enum(OUTCOMES).nullable().describe("How the last run ended"),
  failure: z.enum(FAILURES).nullable(),
  question: z.strictObject({ text: z.string(), since: time }).nullable(),
  stage: z
    .strictObject({ name: z.enum(STAGES), declared: z.boolean(), since: time })
    .nullable()
    .describe("What the worker says that it is doing, or what is inferred"),
  attention: z
    .array(
      z.strictObject({ code: z.enum(ATTENTION_CODES), since: time, message: z.string(), hint: z.string() }),
    )
    .describe("Why a person should look, with a line to type"),
  agent: z.string(),
  run: run.nullable().describe("The latest run that is not waiting in line"),
  changes: z
    .strictObject({
      commits: count,
      files: count,
      insertions: count,
      deletions: count,
      dirty: z.boolean(),
      unpushed: count,
      as_of: time.describe("When git was asked"),
    })
    .nullable(),
  pr: z
    .strictObject({
      number: id,
      state: z.enum(PR_STATES),
      draft: z.boolean(),
      url: z.string(),
      checks: z.enum(CHECKS),
    })
    .nullable()
    .describe("A pull request of the dispatch's own"),
  created_at: time,
  updated_at: time,
});

export const statusSchema = z
  .strictObject({
    version: z.literal(1),
    generated_at: time,
    heartbeat: z.strictObject({
      holder: z.string().nullable().describe("Null: nobody watches"),
      last_fast_at: time.nullable(),
      last_slow_at: time.nullable(),
    }),
    projects: z.array(z.strictObject({ name: z.string(), repo: z.string().nullable(), path: z.string() })),
    dispatches: z.array(dispatch).describe("Grouped by project, what needs a person first"),
    orphans: z
      .array(
        z.strictObject({
          project: z.string(),
          worktree: z.string(),
          branch: z.string().nullable(),
          dirty: z.boolean(),
          unpushed: count,
        }),
      )
      .describe("Rally's worktrees without a record"),
    foreign: z
      .array(z.strictObject({ worktree: z.string(), why: z.string() }))
      .describe("Other worktrees at the same place, never touched"),
    counts: z.strictObject(
      Object.fromEntries([...DISPLAYS, "orphaned", "attention"].map((key) => [key, count])),
    ),
  })
  .meta({ title: "rally status --json", description: "Also served as /status.json" });

/** The contents of docs/status.schema.json. */
export function statusSchemaFile(): string {
  const schema = z.toJSONSchema(statusSchema, {
    override: ({ jsonSchema }) => {
      // `date-time` says it; and nobody needs to be told how large a number JavaScript can count to.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
