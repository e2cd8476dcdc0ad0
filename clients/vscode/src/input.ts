/** Asks for a call of a function: one line, begun for the user, looked at roughly while they type. */

import { type InputBoxOptions, window } from "vscode";
import type { AskInputParams } from "./protocol";

export async function askInput(asked: AskInputParams): Promise<{ call: string | null }> {
  return { call: (await window.showInputBox(options(asked))) ?? null };
}

function options({ qualname, signature, template, message }: AskInputParams): InputBoxOptions {
  return {
    title: `A call of ${qualname}`,
    prompt: `${message}. ${signature}`,
    value: template,
    valueSelection: between(template),
    ignoreFocusOut: true,
    validateInput: (text) => problem(text, qualname),
  };
}

/** The arguments of the template, so that typing replaces them. */
function between(template: string): [number, number] {
  const open = template.lastIndexOf("(", template.endsWith(")") ? undefined : 0);
  return open < 0 ? [0, template.length] : [open + 1, template.length - 1];
}

/** What is certainly wrong with a call; the server looks closely. */
export function problem(text: string, qualname: string): string | undefined {
  const name = qualname.split(".").at(-1) ?? qualname;
  if (!text.trim()) {
    return `Type a call of ${name}.`;
  }
  if (!text.includes(name)) {
    return `This does not call ${name}.`;
  }
  const bare = text.replace(/(["'])(?:\\.|(?!\1).)*\1/g, "''");
  if (bare.includes("...")) {
    return "Replace `...` by a value.";
  }
  return unbalanced(bare) ? "A bracket or a quote is not closed." : undefined;
}

function unbalanced(code: string): boolean {
  const pairs: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
  const open: string[] = [];
  for (const sign of code.replaceAll("''", "")) {
    if ("([{".includes(sign)) {
      open.push(sign);
    } else if (sign in pairs && open.pop() !== pairs[sign]) {
      return true;
    } else if (sign === '"' || sign === "'") {
      return true;
    }
  }
  return open.length > 0;
}
