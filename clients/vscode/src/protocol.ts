/** What this client and the server say to each other beyond the protocol; the server is told that we can. */

import { type ClientCapabilities, NotificationType, RequestType, type StaticFeature } from "vscode-languageclient/node";

export interface AskInputParams {
  readonly uri: string;
  readonly qualname: string;
  readonly signature: string;
  readonly template: string;
  readonly message: string;
}

export interface PreviewParams {
  readonly uri: string;
  readonly qualname: string;
  readonly key: string;
  readonly title: string;
  /** The whole file as it was measured, and as it would become. */
  readonly original: string;
  readonly rewrite: string;
  /** Markdown. */
  readonly evidence: string;
}

export interface ServerStatusParams {
  readonly health: "ok" | "warning" | "error";
  readonly quiescent: boolean;
  readonly message?: string | null;
}

export const AskInput = new RequestType<AskInputParams, { call: string | null }, void>("afterburner/askInput");
export const Preview = new RequestType<PreviewParams, null, void>("afterburner/preview");
export const ServerStatus = new NotificationType<ServerStatusParams>("experimental/serverStatus");
export const DidChangeTrust = new NotificationType<{ trusted: boolean }>("afterburner/didChangeTrust");

export const ourCapabilities: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = {
      ...capabilities.experimental,
      afterburner: { askInput: true, preview: true },
      serverStatusNotification: true,
    };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};
