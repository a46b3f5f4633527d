import { cpus, loadavg, release, totalmem, type } from "node:os";

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly bun: string;
  readonly git: string;
  /** Processes that wanted a core, in the last minute: above `cores`, figures are worse than they could be. */
  readonly load: number;
};

export function machine(): Machine {
  const git = Bun.spawnSync(["git", "--version"]).stdout.toString().trim();
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    bun: Bun.version,
    git: git.replace("git version ", ""),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}
