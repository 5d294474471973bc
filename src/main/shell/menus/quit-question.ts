export interface Question {
  readonly message: string;
  readonly detail: string;
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
