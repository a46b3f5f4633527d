export type Store = { readonly db: import("bun:sqlite").Database };
