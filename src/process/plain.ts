import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";

/**
 * Opens a file that an agent may have put something else in the place of: a pipe would keep whoever opens it waiting
 * for ever, a link could lead anywhere. Null for all that is no plain file, and where nothing is there.
 */
export function openPlain(path: string): number | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return null;
}

/** The text of such a file; null where it is none, or cannot be read. */
export function readPlain(path: string): string | null {
  const fd = openPlain(path);
  if (fd === null) return null;
  try {
    return readFileSync(fd, "utf8");
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/** At most so many bytes of such a file, from a place in it on; none where it is none, or ends before that. */
export function readPiece(path: string, from: number, most: number): Buffer {
  const fd = openPlain(path);
  if (fd === null) return Buffer.alloc(0);
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(most, fstatSync(fd).size - from)));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
  } finally {
    closeSync(fd);
  }
}
