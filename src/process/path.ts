import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/**
 * Where a program is: itself when absolute, else the first executable of that name on `path`; null where there is none.
 * Relative entries of `path` are passed over, so that a checkout cannot bring the program that runs in it.
 */
export function onPath(program: string, path: string): string | null {
  if (isAbsolute(program)) return isProgram(program) ? program : null;
  if (program === "" || program.includes("/")) return null;
  for (const folder of path.split(":")) {
    const candidate = join(folder, program);
    if (isAbsolute(folder) && isProgram(candidate)) return candidate;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
