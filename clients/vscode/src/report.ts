/** Reports are Markdown files: shown rendered, beside the code. */

import { commands, Uri } from "vscode";
import type { ShowDocumentParams, ShowDocumentRequest } from "vscode-languageclient/node";

export const showDocument: ShowDocumentRequest.MiddlewareSignature = async (params, token, next) => {
  if (!isPage(params)) {
    return next(params, token);
  }
  await commands.executeCommand("markdown.showPreviewToSide", Uri.parse(params.uri));
  return { success: true };
};

function isPage(params: ShowDocumentParams): boolean {
  return !params.external && !params.selection && params.uri.startsWith("file:") && params.uri.endsWith(".md");
}
