import { join } from "node:path";
import { ROOT } from "../tidy/sources.ts";
import { fill, sections } from "./tables.ts";

/** `bun run docs`: writes the generated parts of ARCHITECTURE.md. */
const file = join(ROOT, "ARCHITECTURE.md");
await Bun.write(file, fill(await Bun.file(file).text(), await sections()));
