import { detectBwrap } from "../../../src/agents/walls/detect.ts";
import { dispatches } from "./dispatches.ts";

/** The real agents through `rally dispatch`, behind walls. */
const detected = await detectBwrap(process.env.PATH ?? "");
if ("why" in detected) console.warn(`No real agent is dispatched to behind walls: ${detected.why}.`);
else dispatches("bwrap");
