import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { nearest } from "../domain/grammar-nearest.ts";
import { Problem } from "../domain/problem.ts";
import { changing } from "../files.ts";
import { checkConfigText } from "./read.ts";
import { ruleOf, SETTINGS } from "./settings.ts";

/**
 * Sets one value in `<home>/config.yaml`, which keeps its comments and its order, atomically and readable by its owner
 * alone. `typed` is what a person typed; lists are `a, b`. Throws Problem `config` for an unknown key, a value that is
 * not allowed, or a file that would still be broken; the file is then as it was.
 */
export async function setConfigValue(home: string, key: string, typed: string): Promise<void> {
  const rule = ruleOf(key);
  if (!rule) throw unknownSetting(key);
  const value = rule.typed(typed);
  if (rule.read(value) === undefined)
    throw new Problem(
      "config",
      `${key} cannot be "${rule.secret ? "…" : typed}": it must be ${rule.allowed}.`,
      {
        hint: `rally config get ${key}`,
      },
    );
  const path = realPath(join(home, "config.yaml"));
  const { parseDocument } = await import("yaml");
  const document = parseDocument(readText(path));
  const broken = document.errors[0];
  if (broken)
    throw new Problem("config", `${path} is not valid YAML, so nothing can be set in it.`, {
      hint: `edit ${path}`,
      cause: broken,
    });
  document.setIn(segments(key), value);
  const text = document.toString();
  const { problem } = checkConfigText(text, path);
  if (problem) throw problem;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  changing(path, () => writeWhole(path, text));
}

export function unknownSetting(key: string): Problem {
  const near = nearest(key, Object.keys(SETTINGS));
  const meant = near ? `; did you mean ${near}?` : ".";
  return new Problem("config", `There is no setting ${key}${meant}`, { hint: "rally config" });
}

/** `agents.<name>.model` has three, though a name may hold dots. */
function segments(key: string): string[] {
  const ofAgent = /^agents\.(.+)\.([^.]+)$/.exec(key);
  return ofAgent?.[1] && ofAgent[2] ? ["agents", ofAgent[1], ofAgent[2]] : key.split(".");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "";
    throw new Problem("config", `${path} cannot be read.`, { cause });
  }
}

/** A file that is a link, as in a folder of dotfiles, stays one. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function writeWhole(path: string, text: string): void {
  const temporary = join(dirname(path), `.config.yaml.${process.pid}`);
  try {
    const file = openSync(temporary, "w", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new Problem("config", `${path} cannot be written.`, { cause, hint: "rally doctor" });
  }
}
