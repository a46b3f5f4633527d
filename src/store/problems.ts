import { Problem } from "../domain/problem.ts";

/** What a person reads when the database cannot be used. None of these ever leads to a write. */

export function damaged(path: string, cause: unknown): Problem {
  return new Problem("other", `The database ${path} is damaged; nothing in it was changed.`, {
    hint: "rally doctor makes a backup of it and says what can be done.",
    cause,
  });
}

export function newerDatabase(path: string): Problem {
  return new Problem("other", `The database ${path} was written by a newer Rally than this one.`, {
    hint: "Update Rally, or choose another home with RALLY_HOME.",
  });
}

export function readOnlyHome(path: string, cause?: unknown): Problem {
  return new Problem("other", `The database ${path} cannot be written: its folder or file is read-only.`, {
    hint: "Make it writable, or choose another home with RALLY_HOME.",
    cause,
  });
}

export function olderInReadOnlyHome(path: string, cause: unknown): Problem {
  return new Problem("other", `The database ${path} is of an older Rally and its folder is read-only.`, {
    hint: "Make it writable once, so that it can be brought up to date.",
    cause,
  });
}

function diskFull(path: string, cause: unknown): Problem {
  return new Problem("other", `The disk that holds ${path} is full; nothing was changed.`, {
    hint: "Free some space and type the same again.",
    cause,
  });
}

function locked(path: string, cause: unknown): Problem {
  return new Problem("other", `The database ${path} is kept locked by another process.`, {
    hint: "Type the same again; rally doctor shows who is at work.",
    cause,
  });
}

function unreachable(path: string, code: string, cause: unknown): Problem {
  return new Problem("other", `The database ${path} cannot be read or written (${code}).`, {
    hint: "rally doctor",
    cause,
  });
}

/** The Problem that an error of SQLite or of the file system stands for; anything else is given back as it is. */
export function asProblem(error: unknown, path: string): unknown {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (code === null) return error;
  if (isBusy(error)) return locked(path, error);
  if (isFull(error)) return diskFull(path, error);
  if (code.startsWith("SQLITE_READONLY") || code === "EROFS" || code === "EACCES" || code === "EPERM")
    return readOnlyHome(path, error);
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return damaged(path, error);
  if (/^SQLITE_(IOERR|CANTOPEN|PERM|PROTOCOL|NOMEM|NOLFS)/.test(code)) return unreachable(path, code, error);
  if (!code.startsWith("SQLITE_")) return unreachable(path, code, error);
  return error;
}

/** SQLite's or the system's code of an error or of what caused it; null when there is none. */
export function codeOf(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = "code" in at ? at.code : undefined;
    if (typeof code === "string" && /^(SQLITE_|E[A-Z]+$)/.test(code)) return code;
  }
  return null;
}

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error) ?? "");
}

export function isFull(error: unknown): boolean {
  return ["SQLITE_FULL", "ENOSPC", "EDQUOT", "SQLITE_IOERR_SHMSIZE"].includes(codeOf(error) ?? "");
}

export function cannotWrite(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  return (
    code.startsWith("SQLITE_READONLY") ||
    code.startsWith("SQLITE_CANTOPEN") ||
    ["EROFS", "EACCES", "EPERM"].includes(code)
  );
}
