export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > 20_000) throw new Error(`${what}: not within 20 s.`);
    await Bun.sleep(10);
  }
}
