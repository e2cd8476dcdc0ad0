/** Jobs as notifications with a Cancel button: who pressed a key for a job wants to see that it runs. */

import { type Progress, ProgressLocation, window } from "vscode";
import {
  type HandleWorkDoneProgressSignature,
  type ProgressToken,
  type WorkDoneProgressBegin,
  WorkDoneProgressCancelNotification,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";
import type { Server } from "./server";

interface Shown {
  progress?: Progress<{ message?: string }>;
  end(): void;
}

type Step = Parameters<HandleWorkDoneProgressSignature>[1];

export class Jobs {
  private readonly shown = new Map<ProgressToken, Shown>();

  constructor(private readonly server: Server) {}

  /** Takes the place of the client's own bar in the window's corner. */
  handle(token: ProgressToken, step: Step, next: HandleWorkDoneProgressSignature): void {
    switch (step.kind) {
      case "begin":
        return this.begin(token, step);
      case "report":
        return this.report(token, step);
      case "end":
        this.shown.get(token)?.end();
        this.shown.delete(token);
        next(token, step); // the client forgets the token, for which it shows nothing
    }
  }

  /** Ends every notification: the server is gone. */
  clear(): void {
    this.shown.forEach((one) => one.end());
    this.shown.clear();
  }

  private begin(token: ProgressToken, { title, message }: WorkDoneProgressBegin): void {
    const ended = new Promise<void>((end) => this.shown.set(token, { end }));
    const options = { location: ProgressLocation.Notification, title, cancellable: true };
    void window.withProgress(options, (progress, cancelled) => {
      const shown = this.shown.get(token);
      if (shown) {
        shown.progress = progress;
        progress.report({ message: message ?? "" });
      }
      cancelled.onCancellationRequested(() => this.cancel(token));
      return ended;
    });
  }

  private report(token: ProgressToken, { message }: WorkDoneProgressReport): void {
    this.shown.get(token)?.progress?.report({ message: message ?? "" });
  }

  private cancel(token: ProgressToken): void {
    void this.server.client?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  }
}
