import { type Reply, type Row, said, tone } from "../app/reply.ts";
import { configValues, getConfigValue } from "../config/show.ts";
import type { Config } from "../config.ts";
import type { Parsed } from "../domain/grammar.ts";
import { arg } from "../domain/grammar-parsed.ts";

/** `rally config …`: works with a broken file too, and says what is wrong with it. */
export async function configReply(config: Config, parsed: Parsed): Promise<Reply> {
  const { name } = parsed.command;
  const key = arg(parsed, "key") ?? "";
  if (name === "config path") return said(config.path, { path: config.path });
  if (name === "config get") {
    if (config.problem) throw config.problem;
    const found = getConfigValue(config, key);
    return said(text(found.value), found);
  }
  if (name === "config set") {
    const { setConfigValue } = await import("../config/write.ts");
    await setConfigValue(config.home, key, arg(parsed, "value") ?? "");
    return said(`${key} is set in ${config.path}.`, { key, path: config.path });
  }
  const values = configValues(config);
  const rows = values.map((one): Row => [one.key, text(one.value), [tone(one.origin, "dim")]]);
  const columns = [{}, { min: 20 }, {}];
  return said([{ table: { columns, rows } }], values, config.problem ? { problems: [config.problem] } : {});
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
