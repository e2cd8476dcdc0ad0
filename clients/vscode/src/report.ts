/** Markdown from the server, shown rendered and beside the code. */

import { commands, type TextDocumentShowOptions, Uri, ViewColumn } from "vscode";
import type { ShowDocumentParams, ShowDocumentRequest } from "vscode-languageclient/node";

export const showDocument: ShowDocumentRequest.MiddlewareSignature = async (params, token, next) => {
  if (!isPage(params)) {
    return next(params, token);
  }
  await showRendered(Uri.parse(params.uri), { preserveFocus: !params.takeFocus });
  return { success: true };
};

export async function showRendered(page: Uri, options: TextDocumentShowOptions): Promise<void> {
  const beside = { ...options, viewColumn: ViewColumn.Beside };
  await commands.executeCommand("vscode.openWith", page, "vscode.markdown.preview.editor", beside);
}

function isPage(params: ShowDocumentParams): boolean {
  return !params.external && !params.selection && params.uri.startsWith("file:") && params.uri.endsWith(".md");
}
