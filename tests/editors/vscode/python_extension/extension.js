/** The part of the Python extension's interface that others use, with one interpreter chosen. */

const path = require("node:path");
const vscode = require("vscode");

exports.activate = () => {
  const chosen = path.join(vscode.workspace.workspaceFolders[0].uri.fsPath, "chosen/bin/python");
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ id: chosen, path: chosen }),
      onDidChangeActiveEnvironmentPath: new vscode.EventEmitter().event,
    },
  };
};
