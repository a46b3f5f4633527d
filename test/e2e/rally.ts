import type { Place } from "./place.ts";

export type Said = { readonly out: string; readonly err: string; readonly exit: number | null };

/** The real program, typed in the place's repository. */
export async function rally(
  at: Place,
  words: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly under?: readonly string[];
  } = {},
): Promise<Said> {
  return run(at, [...(options.under ?? []), `${at.dir}/bin/rally`, ...words], options);
}

export async function run(
  at: Place,
  argv: readonly string[],
  {
    env = {},
    cwd = at.repo,
  }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<Said> {
  const child = Bun.spawn([...argv], {
    cwd,
    env: { ...at.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 40_000,
    killSignal: "SIGKILL",
  });
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, exit };
}

/** What a person must never see for something that they caused: a stack, or the word for a fault of Rally's own. */
export function isPlain(said: Said): boolean {
  return !/\n\s+at |This is a bug|Error:|undefined|\[object/.test(said.err + said.out);
}

/** The first line of what was said, and its hint. */
export function sentence(said: Said): string {
  return said.err.trim();
}

export async function dispatches(
  at: Place,
): Promise<readonly { readonly id: number; readonly display: string; readonly outcome: string | null }[]> {
  const said = await rally(at, ["status", "--json"]);
  return JSON.parse(said.out).dispatches;
}
