import "../../src/store/migrate.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { setSetting } from "../../src/store/settings.ts";
import { snapshot } from "../../src/store/snapshot.ts";

/** `bun reader.ts <home>`: opens it as somebody whom file modes bind, and prints what came of it as JSON. */
const [home = ""] = process.argv.slice(2);
let store: Store | null = null;
const refused = messageOf(() => openStore(home));
const opened = messageOf(() => {
  store = openStore(home, { readOnly: true });
});
const found = store as Store | null;
const read = found && {
  readOnly: found.readOnly,
  numbers: snapshot(found).map((view) => view.number),
  write: messageOf(() => setSetting(found, "a", "b")),
};
process.stdout.write(
  JSON.stringify(read ? { refused, ...read } : { refused, opened, readOnly: null, numbers: null }),
);

function messageOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
