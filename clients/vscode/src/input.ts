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
    validateInput: (text) => problem(text, template),
  };
}

/** The last arguments in the template, so that typing replaces them. */
function between(template: string): [number, number] {
  let depth = 0;
  for (let at = template.length - 1; template.endsWith(")") && at >= 0; at--) {
    const sign = template.charAt(at);
    depth += ")]}".includes(sign) ? 1 : "([{".includes(sign) ? -1 : 0;
    if (depth === 0) {
      return [at + 1, template.length - 1];
    }
  }
  return [template.length, template.length];
}

/** What is certainly wrong with a call; the server looks closely. */
function problem(text: string, template: string): string | undefined {
  if (!text.trim()) {
    return "Type a call.";
  }
  if (text === template && template.includes("...")) {
    return "Replace `...` by a value.";
  }
  return isUnbalanced(text) ? "A bracket or a quote is not closed." : undefined;
}

function isUnbalanced(code: string): boolean {
  const opening: Record<string, string> = { ")": "(", "]": "[", "}": "{" };
  const open: string[] = [];
  for (const sign of code.replace(/("""|'''|"|')(?:\\.|(?!\1)[^])*\1/g, "")) {
    if ("([{".includes(sign)) {
      open.push(sign);
    } else if ("\"'".includes(sign) || (sign in opening && open.pop() !== opening[sign])) {
      return true;
    }
  }
  return open.length > 0;
}
