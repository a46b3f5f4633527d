import { afterEach } from "bun:test";

/** What is closed after each test, what came last first. */
export function closingAfterEach(): (() => unknown)[] {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return closing;
}
