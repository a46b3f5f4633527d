import { botAlone } from "../../src/wiring/bot-alone.ts";

process.exitCode = await botAlone("slack");
