import type { Busy } from '../../../shared/model.ts';

export interface Question {
  readonly message: string;
  readonly detail: string;
}

/** The one question before everything stops; null when nobody would notice. */
export function quitQuestion(busy: Busy): Question | null {
  const losses = [
    ...(busy.busyKernels > 0
      ? [count(busy.busyKernels, 'kernel is running a cell', 'kernels are running a cell')]
      : []),
    ...(busy.connections > 0
      ? [count(busy.connections, 'other connection is open', 'other connections are open')]
      : []),
  ];
  if (losses.length === 0) return null;
  const servers = busy.servers === 1 ? 'the server' : `all ${busy.servers} servers`;
  return {
    message: 'Quit and stop everything?',
    detail: `${capital(losses.join(', and '))}. Quitting stops ${servers} now; what runs in them is lost. To keep them running, close the window instead.`,
  };
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

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
