/** The interpreter that the user chose for their own code, from whichever Python extension is there; none has to be. */

import * as path from "node:path";
import { type Disposable, type Event, EventEmitter, extensions, type LogOutputChannel, type Uri } from "vscode";

/** The part of `ms-python.vscode-python-envs` that is used. */
interface EnvironmentsApi {
  getEnvironment(scope: Uri | undefined): Promise<{ execInfo: { run: { executable: string } } } | undefined>;
  onDidChangeEnvironment?: Event<unknown>;
}

/** The part of `ms-python.python` that is used. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource: Uri | undefined): { path: string };
    onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

type Ask = (scope: Uri | undefined) => Promise<string | undefined>;

export class Interpreters implements Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly disposables: Disposable[] = [this.changed];
  private ask: Ask | undefined;

  /** Fires when another interpreter may be the chosen one. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: LogOutputChannel) {
    this.disposables.push(extensions.onDidChange(() => this.follow())); // one may come with trust, or be installed
  }

  /** The chosen interpreter for a folder, as far as it is known by now. */
  async of(scope: Uri | undefined): Promise<string | undefined> {
    try {
      return await this.ask?.(scope);
    } catch (error) {
      this.log.warn(`The Python extension does not tell its interpreter: ${error}`);
      return undefined;
    }
  }

  /** Waits for a Python extension, if there is one, and follows its choice from then on. */
  async follow(): Promise<void> {
    if (this.ask) {
      return;
    }
    for (const [id, listen] of this.sources()) {
      const extension = extensions.getExtension(id);
      if (extension) {
        try {
          this.ask = listen(await extension.activate());
          this.log.info(`Your code's interpreter is the one chosen in ${id}, where none is set.`);
          this.changed.fire();
          return;
        } catch (error) {
          this.log.warn(`${id} is of no use: ${error}`);
        }
      }
    }
  }

  dispose(): void {
    this.disposables.forEach((one) => one.dispose());
  }

  private sources(): [string, (api: unknown) => Ask][] {
    return [
      ["ms-python.vscode-python-envs", (api) => this.fromEnvironments(api as EnvironmentsApi)],
      ["ms-python.python", (api) => this.fromPython(api as PythonApi)],
    ];
  }

  private fromEnvironments(api: EnvironmentsApi): Ask {
    this.listen(api.onDidChangeEnvironment);
    return async (scope) => (await api.getEnvironment(scope))?.execInfo.run.executable;
  }

  private fromPython({ environments }: PythonApi): Ask {
    this.listen(environments.onDidChangeActiveEnvironmentPath);
    return async (scope) => {
      const chosen = environments.getActiveEnvironmentPath(scope).path;
      return path.isAbsolute(chosen) ? chosen : undefined; // before one is chosen, it is a bare "python"
    };
  }

  private listen(event: Event<unknown> | undefined): void {
    if (event) {
      this.disposables.push(event(() => this.changed.fire()));
    }
  }
}
