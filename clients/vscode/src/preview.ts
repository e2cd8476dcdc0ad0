/** Shows what a suggestion would change, with its evidence beside it, and applies it from there. */

import * as path from "node:path";
import {
  commands,
  type Disposable,
  EventEmitter,
  type Tab,
  TabInputCustom,
  TabInputTextDiff,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import type { PreviewParams } from "./protocol";
import { showRendered } from "./report";
import type { Server } from "./server";

const SCHEME = "afterburner";
const MOST_TEXTS = 60;

export class Previews implements TextDocumentContentProvider, Disposable {
  private readonly texts = new Map<string, string>();
  private readonly shown = new Map<string, PreviewParams>();
  private readonly changed = new EventEmitter<Uri>();
  private readonly provider = workspace.registerTextDocumentContentProvider(SCHEME, this);

  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: Uri): string | undefined {
    return this.texts.get(uri.toString());
  }

  /** Opens the difference, and its evidence to the side; the answer to `afterburner/preview`. */
  async show(params: PreviewParams): Promise<null> {
    const name = path.posix.basename(Uri.parse(params.uri).path);
    const original = this.keep(params, `original/${name}`, params.original);
    const rewrite = this.keep(params, `rewrite/${name}`, params.rewrite);
    const evidence = this.keep(params, evidenceName(params), params.evidence);
    this.shown.set(rewrite.toString(), params);
    const title = `${params.qualname}: ${params.title.replace(/^apply /, "")}`;
    await commands.executeCommand("vscode.diff", original, rewrite, title);
    await showRendered(evidence, { preserveFocus: true }); // only the group in front shows its buttons
    return null;
  }

  /** Applies the suggestion whose difference is in front, closes that, and shows the file. */
  async apply(server: Server): Promise<void> {
    const tab = window.tabGroups.all
      .flatMap((group) => (group.activeTab ? [group.activeTab] : []))
      .find(({ input }) => input instanceof TabInputTextDiff && this.shown.has(input.modified.toString()));
    const params = tab && this.shown.get((tab.input as TabInputTextDiff).modified.toString());
    if (!tab || !params) {
      return;
    }
    await window.tabGroups.close([tab, ...this.evidenceTabs(params)]);
    await window.showTextDocument(Uri.parse(params.uri));
    await server.execute("apply", { uri: params.uri, qualname: params.qualname, key: params.key });
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }

  private evidenceTabs(params: PreviewParams): Tab[] {
    const evidence = place(params, evidenceName(params)).toString();
    const isIt = ({ input }: Tab) => input instanceof TabInputCustom && input.uri.toString() === evidence;
    return window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isIt));
  }

  private keep(params: PreviewParams, name: string, text: string): Uri {
    const uri = place(params, name);
    this.texts.delete(uri.toString());
    this.texts.set(uri.toString(), text);
    for (const oldest of [...this.texts.keys()].slice(0, -MOST_TEXTS)) {
      this.texts.delete(oldest);
      this.shown.delete(oldest);
    }
    this.changed.fire(uri);
    return uri;
  }
}

function evidenceName({ qualname }: PreviewParams): string {
  return `Evidence for ${qualname}.md`;
}

function place({ key, uri, qualname }: PreviewParams, name: string): Uri {
  return Uri.from({ scheme: SCHEME, path: `/${key}/${name}`, query: `${uri}#${qualname}` });
}
