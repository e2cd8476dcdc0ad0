/** Shows what a suggestion would change, with its evidence beside it, and applies it from there. */

import * as path from "node:path";
import {
  commands,
  type Disposable,
  EventEmitter,
  TabInputTextDiff,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import type { PreviewParams } from "./protocol";
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
    const evidence = this.keep(params, `Evidence for ${params.qualname}.md`, params.evidence);
    this.shown.set(rewrite.toString(), params);
    const title = `${params.qualname}: ${params.title.replace(/^apply /, "")}`;
    const column = window.tabGroups.activeTabGroup.viewColumn;
    await commands.executeCommand("markdown.showPreviewToSide", evidence);
    await commands.executeCommand("vscode.diff", original, rewrite, title, { viewColumn: column });
    return null; // the difference has the focus, since only the group in front shows its buttons
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
    await window.tabGroups.close(tab);
    await window.showTextDocument(Uri.parse(params.uri));
    await server.execute("apply", { uri: params.uri, qualname: params.qualname, key: params.key });
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }

  private keep(params: PreviewParams, name: string, text: string): Uri {
    const uri = Uri.from({ scheme: SCHEME, path: `/${params.key}/${name}`, query: `${params.uri}#${params.qualname}` });
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
