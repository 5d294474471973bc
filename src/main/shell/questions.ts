/** The questions before servers stop, and before nothing of Gatehouse is visible any more. */
export interface Question {
  readonly message: string;
  readonly detail: string;
}

export interface ServerLosses {
  readonly name: string;
  readonly busyKernels: number;
  /** Titles of its pages that have changes which are not saved. */
  readonly unsaved: readonly string[];
  /** Names of the guests who are in. */
  readonly guests: readonly string[];
}

export type Ending = 'stop' | 'restart' | 'forget' | 'quit';

const doing: Readonly<Record<Ending, string>> = {
  stop: 'Stopping it ends this now; what is not saved is lost.',
  restart: 'Restarting it ends this now; what is not saved is lost.',
  forget: 'It leaves the list, with its log and its share links. The files in its folder stay.',
  quit: 'Quitting stops every server now; what is not saved is lost. To let them run, close the window instead.',
};

/** Null where nobody would notice. To forget a server is asked about always: nothing brings it back. */
export function lossQuestion(ending: Ending, servers: readonly ServerLosses[]): Question | null {
  const losses = servers.flatMap(server => linesOf(server, servers.length > 1));
  if (losses.length === 0 && ending !== 'forget') return null;
  const [first] = servers;
  const message =
    ending === 'quit' ? 'Quit and stop everything?' : `${capital(ending)} “${first?.name ?? ''}”?`;
  return { message, detail: [...losses, doing[ending]].join('\n') };
}

/** The question when the last window closes on a desktop without a tray. */
export function keepRunningQuestion(running: number): Question | null {
  if (running === 0) return null;
  return {
    message: `Keep ${running === 1 ? 'the server' : `${running} servers`} running?`,
    detail:
      'This desktop shows no tray icon, so nothing of Gatehouse will be visible. Start Gatehouse again to get back to your servers.',
  };
}

function linesOf(server: ServerLosses, named: boolean): readonly string[] {
  const { name, busyKernels, unsaved, guests } = server;
  const lines = [
    ...(busyKernels > 0
      ? [count(busyKernels, 'kernel is running a cell', 'kernels are running a cell')]
      : []),
    ...(unsaved.length > 0 ? [`Not saved: ${unsaved.join(', ')}`] : []),
    ...(guests.length > 0
      ? [`${count(guests.length, 'guest is in', 'guests are in')}: ${guests.join(', ')}`]
      : []),
  ];
  return lines.map(line => (named ? `• ${name}: ${line}.` : `• ${line}.`));
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
