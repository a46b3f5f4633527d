import { dispatches } from "./dispatches.ts";

/** The real agents through `rally dispatch`, without walls. */
dispatches("none");
