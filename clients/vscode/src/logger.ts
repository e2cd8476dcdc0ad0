/** The log that the user sees in the output panel: the extension's own lines, and the server's. */

import * as readline from "node:readline";
import type { Readable } from "node:stream";
import { LogLevel, type LogOutputChannel, window } from "vscode";

const LEVELS = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;

export function createLog(): LogOutputChannel {
  return window.createOutputChannel("Afterburner", { log: true });
}

/** The log as the client takes it: what it would only trace is told at once, where the user asked for that. */
export function tracing(log: LogOutputChannel, trace: "off" | "messages" | "verbose"): LogOutputChannel {
  if (trace === "off") {
    return log;
  }
  return Object.create(log, {
    logLevel: { value: LogLevel.Trace },
    trace: { value: (text: string) => log.info(text) },
  });
}

/** Copies what the server writes to stderr, each line at the level that it starts with. */
export function relay(stream: Readable, log: LogOutputChannel): void {
  let level = "INFO";
  readline.createInterface({ input: stream }).on("line", (line) => {
    const found = LEVELS.exec(line);
    level = found?.[1] ?? level; // the lines of a traceback belong to the one before
    write(log, level, `server: ${found?.[2] ?? line}`);
  });
}

function write(log: LogOutputChannel, level: string, text: string): void {
  switch (level) {
    case "DEBUG":
      return log.debug(text);
    case "INFO":
      return log.info(text);
    case "WARNING":
      return log.warn(text);
    default:
      return log.error(text);
  }
}
