/** The connection to the server: started, started anew, ended, and asked to do things. */

import { isDeepStrictEqual } from "node:util";
import { commands, type Disposable, type ExtensionContext, type LogOutputChannel, Uri, window, workspace } from "vscode";
import {
  DidChangeConfigurationNotification,
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { askInput } from "./input";
import { findServer, type Launch, message, offerInstallation } from "./launch";
import { relay, tracing } from "./logger";
import type { Previews } from "./preview";
import { Jobs } from "./progress";
import { AskInput, ourCapabilities, Preview, ServerStatus } from "./protocol";
import type { Interpreters } from "./python";
import { showDocument } from "./report";
import { type ClientSettings, clientSettings, forServer, SECTION } from "./settings";
import type { Status } from "./status";

export class Server implements Disposable {
  client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();
  private settings: ClientSettings | undefined;
  private readonly jobs = new Jobs(this);
  private readonly disposables: Disposable[] = [];

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
    private readonly status: Status,
    private readonly interpreters: Interpreters,
    private readonly previews: Previews,
  ) {
    this.disposables.push(interpreters.onDidChange(() => this.settingsChanged()));
  }

  /** Starts the server, ending the one before; calls wait for one another. */
  restart(): Promise<void> {
    return this.inTurn(async () => {
      await this.end();
      await this.begin();
    });
  }

  /** Starts anew where another command would be started now; all other settings the server asks for itself. */
  restartIfSettingsDiffer(): Promise<void> {
    return this.inTurn(async () => {
      if (this.isOutdated()) {
        await this.end();
        await this.begin();
      }
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  /** Has the server execute one of its commands; what goes wrong is shown, and the answer then undefined. */
  async execute(name: string, argument: object): Promise<unknown> {
    return this.request(`afterburner.server.${name}`, [argument]);
  }

  /** Has the server ask for its settings again. */
  settingsChanged(): void {
    if (this.client?.isRunning()) {
      void this.client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    }
  }

  dispose(): void {
    this.disposables.forEach((one) => one.dispose());
  }

  private async request(command: string, args: unknown[]): Promise<unknown> {
    await this.turn; // a key that was pressed while the server starts counts
    if (!this.client?.isRunning()) {
      void window.showWarningMessage("Afterburner's server does not run.");
      return undefined;
    }
    try {
      return await this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
    } catch (error) {
      void window.showWarningMessage(`Afterburner: ${message(error)}`);
      return undefined;
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work).catch((error) => {
      this.log.error(message(error));
      this.status.failed(message(error));
    });
    return this.turn;
  }

  private async begin(): Promise<void> {
    this.status.starting();
    this.settings = clientSettings();
    const launch = await findServer(this.context, this.settings, this.log).catch((error) => {
      void this.tell(message(error));
      throw error;
    });
    if (!launch) {
      this.status.missing();
      void this.offer();
      return;
    }
    this.log.info(`Starting ${[launch.command, ...launch.args].join(" ")}`);
    const client = this.connect(launch, this.settings);
    this.client = client;
    await client.start();
  }

  private async tell(problem: string): Promise<void> {
    const logs = "Show Logs";
    if ((await window.showErrorMessage(`Afterburner does not start. ${problem}`, logs)) === logs) {
      this.log.show();
    }
  }

  private async offer(): Promise<void> {
    if (await offerInstallation(this.context, this.log, this.status)) {
      await this.restart();
    }
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn(`The server did not end as asked: ${message(error)}`); // it was dying already
    }
    this.jobs.clear();
  }

  private connect({ command, args, cwd }: Launch, settings: ClientSettings): LanguageClient {
    const server = { command, args, options: { cwd } };
    const client = new LanguageClient(SECTION, "Afterburner", server, this.options(settings));
    client.registerFeature(ourCapabilities);
    client.onRequest(AskInput, askInput);
    client.onRequest(Preview, (params) => this.previews.show(params));
    client.onNotification(ServerStatus, (said) => this.status.server(said));
    client.onDidChangeState(({ newState }) => this.stateChanged(client, newState));
    return client;
  }

  private options(settings: ClientSettings): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: "file", language: "python" }],
      initializationOptions: () => ({
        settings: forServer(workspace.getConfiguration().get(SECTION), undefined, undefined),
        trusted: workspace.isTrusted,
      }),
      outputChannel: this.log,
      traceOutputChannel: tracing(this.log, settings.trace),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      stdioOptions: { stdout: relay, stderr: relay },
      middleware: {
        executeCommand: (name, args) => this.request(name, args),
        handleWorkDoneProgress: (token, step, next) => this.jobs.handle(token, step, next),
        window: { showDocument },
        workspace: {
          didChangeConfiguration: async (sections, next) => (this.isOutdated() ? undefined : next(sections)),
          configuration: async (params, token, next) => {
            const sections = await next(params, token);
            return Array.isArray(sections)
              ? Promise.all(params.items.map((item, at) => this.section(item.scopeUri, sections[at])))
              : sections;
          },
        },
      },
    };
  }

  private async section(scopeUri: string | undefined, section: unknown): Promise<unknown> {
    const scope = scopeUri ? Uri.parse(scopeUri) : undefined;
    return forServer(section, scope, workspace.isTrusted ? await this.interpreters.of(scope) : undefined);
  }

  /** Whether another command would be started now. */
  private isOutdated(): boolean {
    return !isDeepStrictEqual(clientSettings(), this.settings);
  }

  private stateChanged(client: LanguageClient, state: State): void {
    if (client !== this.client) {
      return;
    }
    void commands.executeCommand("setContext", "afterburner.isRunning", state === State.Running);
    if (state === State.Running) {
      this.status.running();
    } else if (state === State.Stopped) {
      this.jobs.clear();
      this.status.failed("its server ended");
    }
  }
}
