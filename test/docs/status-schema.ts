import { join } from "node:path";
import { statusSchemaFile } from "../../src/app/status-schema.ts";

/** Writes docs/status.schema.json from the code. */
export async function writeStatusSchema(): Promise<void> {
  await Bun.write(join(import.meta.dir, "../../docs/status.schema.json"), statusSchemaFile());
}

if (import.meta.main) await writeStatusSchema();
