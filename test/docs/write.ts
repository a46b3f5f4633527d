import { join } from "node:path";
import { ROOT } from "../tidy/sources.ts";
import { readmeSections } from "./readme.ts";
import { fill, sections } from "./tables.ts";

/** `bun run docs`: writes the generated parts of ARCHITECTURE.md and README.md. */
await write("ARCHITECTURE.md", await sections());
await write("README.md", await readmeSections());

async function write(name: string, parts: Record<string, string>): Promise<void> {
  const file = join(ROOT, name);
  await Bun.write(file, fill(await Bun.file(file).text(), parts));
}
